#pragma once
// A terminal: a line discipline with a window size, the session that it controls and the process
// group in its foreground. Where its bytes come from and go to is its transport's business.

#include <servers/linux/fs/attributes.hpp>
#include <servers/linux/fs/ref.hpp>
#include <servers/linux/fs/terminal/line_discipline.hpp>
#include <servers/linux/outcome.hpp>
#include <servers/linux/process/process_group.hpp>
#include <servers/linux/signal/signal.hpp>
#include <servers/linux/wait_queue.hpp>

namespace personality {

class Call;
class File;
class Process;
class Terminal;
struct Location;

/// What a pseudo-terminal's master is told in packet mode (TIOCPKT_* of asm-generic/ioctls.h).
namespace terminal_event {
constexpr std::uint8_t input_flushed = 1, output_flushed = 2, stopped = 4, started = 8,
                       no_flow_keys = 16, flow_keys = 32;
}

/// Where a terminal's output goes and its input comes from.
class TerminalTransport {
public:
    virtual ~TerminalTransport() = default;
    /// There may be output to fetch from `terminal.discipline().output()`, or room for input again.
    virtual void pump(Terminal& terminal) = 0;
    /// Some of terminal_event have happened. What was fetched and not shown yet is to be forgotten
    /// when the output is flushed.
    virtual void happened(Terminal&, std::uint8_t) {}
    /// A file for one more opening of the terminal; null: no memory.
    virtual Ref<File> open_file(Location const& at, std::uint32_t flags, Ref<Terminal> terminal);
};

class Terminal final : public Counted {
public:
    explicit Terminal(DeviceNumber device_number) : number(device_number) {}
    ~Terminal() override;

    DeviceNumber const number;
    TerminalTransport* transport = nullptr;
    WaitQueue queue; ///< woken with poll_event
    Ref<ProcessGroup> foreground;
    /// TIOCEXCL: nobody may open it but the privileged.
    bool exclusive = false;

    LineDiscipline& discipline() { return discipline_; }

    // ---- the transport's side ----

    /// Feed bytes typed; returns how many were taken. The others must wait for the next pump.
    std::size_t receive(std::span<std::byte const> bytes);
    /// The transport took output away.
    void output_taken();
    void set_window(WindowSize const& window);
    /// The other side is gone, or vhangup says so: the files opened so far see the end, the session
    /// loses its terminal, and its leader gets SIGHUP and SIGCONT.
    void hang_up();

    // ---- the programs' side ----

    WindowSize const& window() const { return window_; }
    /// How often it was hung up; a file from before the last time is dead.
    std::uint32_t hang_ups() const { return hang_ups_; }
    void set_termios(Termios2 const& wanted);
    Termios2 termios() const;
    void flush_input();
    void flush_output();
    /// Stop and start the output, as Ctrl-S and Ctrl-Q do.
    void stop(bool stopped);
    /// Something was read, written or set.
    void pump() {
        if (transport != nullptr) transport->pump(*this);
    }
    void signal_foreground(Signal signal);

    Session* session() const { return session_.get(); }
    bool controls(Process const& process) const;
    /// Become the controlling terminal of the caller's session: EPERM unless its leader asks, the
    /// session has none, and this one serves nobody (or is to be taken from them).
    Result<> acquire(Process& process, bool steal);
    /// The session's leader has ended, or gives the terminal up: the foreground gets SIGHUP and
    /// SIGCONT.
    void give_up();

    /// What a program in the background may not do unasked: 0, EIO, or ERESTARTSYS after the signal
    /// went to its group.
    Outcome check_background(Call& call, Signal signal);

private:
    LineDiscipline discipline_;
    WindowSize window_{};
    Ref<Session> session_;
    std::uint32_t hang_ups_ = 0;
    /// As programs set them, where the control flags do not say it.
    std::uint32_t input_speed_ = 0, output_speed_ = 0;

    void tell(std::uint8_t events) {
        if (transport != nullptr) transport->happened(*this, events);
    }
};

} // namespace personality
