#pragma once
// A pseudo-terminal: a terminal whose keys and screen are another program's, the master. Opening
// /dev/ptmx makes one; its other side is /dev/pts/N as long as the master is open.
//
//     master  -- write -->  Terminal::receive      \  the slave's side, a terminal
//             <-- read ---  shown_  <-- output     /  like any other

#include <servers/linux/fs/attributes.hpp>
#include <servers/linux/fs/pages/page_ring.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>

#include <array>

namespace personality {

class PseudoTerminals;

class PseudoTerminal final : public Counted, public TerminalTransport {
public:
    PseudoTerminal(PseudoTerminals& of, std::uint32_t its_number, Ref<Terminal> slave,
                   FramePool& frames);

    std::uint32_t const number;
    Ref<Terminal> const terminal;
    /// Nobody may open the slave until the master has unlocked it (unlockpt).
    bool locked = true;
    /// TIOCPKT: each read begins with a byte that says what has happened.
    bool packets = false;
    std::uint8_t news = 0; ///< terminal_event the master was not told yet
    WaitQueue queue;       ///< the master's, woken with poll_event

    /// Of the node /dev/pts/N.
    std::uint16_t permissions = 0620;
    std::uint32_t user = 0, group = 5; ///< the group tty
    Timestamp born{}, changed{};

    /// What the slave wrote and the master has not read.
    PageRing& shown() { return shown_; }
    /// All slaves are closed: the master reads what is left, then EIO.
    bool slave_left() const { return slave_was_open_ && slaves_ == 0; }
    bool master_open() const { return master_; }

    // ---- from the files ----

    void slave_opened();
    void slave_closed();
    void master_closed();

    // ---- as a transport ----

    void pump(Terminal& of) override;
    void pump() { pump(*terminal); }
    void happened(Terminal& to, std::uint8_t events) override;
    Ref<File> open_file(Location const& at, std::uint32_t flags, Ref<Terminal> of) override;

protected:
    ~PseudoTerminal() override;

private:
    PseudoTerminals& table_;
    PageRing shown_;
    std::uint32_t slaves_ = 0;
    bool slave_was_open_ = false;
    bool master_ = true;
};

/// All of a container. A number is free again when both sides are closed.
class PseudoTerminals {
public:
    static constexpr std::uint32_t most = 256;
    static constexpr std::uint32_t slave_major = 136;

    /// ENOSPC: there are too many; ENOMEM.
    Result<Ref<PseudoTerminal>> create(FramePool& frames);
    /// The one of this number whose master is open; null: there is none.
    PseudoTerminal* find(std::uint32_t number) const;
    /// The next such number from `number` on; `most`: no more.
    std::uint32_t next(std::uint32_t number) const;
    std::uint32_t count() const { return count_; }

private:
    friend class PseudoTerminal;
    std::array<PseudoTerminal*, most> all_{};
    std::uint32_t count_ = 0;
};

} // namespace personality
