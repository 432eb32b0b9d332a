#pragma once
// The line discipline: what stands between the keys and a program's read, and between its write and
// the screen. It behaves as Linux's n_tty does: lines with editing in canonical mode, bytes in raw
// mode, echo, and keys that raise signals. Pure state: no waiting, no transport, no time.
//
//      keys -> receive() -> [ typed line | complete lines ] -> read()
//                 | echo
//                 v
//      screen <- output queue <- write()

#include <servers/linux/fs/terminal/output_processor.hpp>
#include <servers/linux/fs/terminal/termios.hpp>

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>

namespace personality {

class LineDiscipline {
public:
    static constexpr std::size_t capacity = 4096;

    /// Which signal a key asked for, as its Linux number; 0: none.
    using SignalNumber = int;

    LineDiscipline() = default;
    LineDiscipline(LineDiscipline const&) = delete;
    LineDiscipline& operator=(LineDiscipline const&) = delete;

    /// One byte from the keys. The signal returned is for the foreground group.
    [[nodiscard]] SignalNumber receive(std::uint8_t byte);
    /// Whether a byte may be fed without loss. (A line that has grown too long must still see its
    /// newline, so it goes on to be accepted, and the excess is dropped as Linux does.)
    bool accepts() const;

    /// Take what a read may have now: at most one line in canonical mode. `readable` tells an empty
    /// result that means end of file from one that means "wait".
    std::size_t read(std::span<std::byte> to);
    /// Whether a read would find something. In raw mode: at least `minimum` bytes.
    bool readable(std::size_t minimum = 1) const;
    std::size_t pending() const;

    /// Whether a program's output finds room; not while it is stopped.
    bool writable() const { return !stopped_ && output_.writable(); }
    /// As much of a program's output as there is room for.
    std::size_t write(std::span<std::byte const> from);

    Termios const& termios() const { return termios_; }
    void set_termios(Termios const& termios);
    bool canonical() const { return local(local_flag::canonical); }

    void flush_input();
    void flush_output() { output_.queue().clear(); }
    OutputProcessor& output() { return output_; }
    OutputProcessor const& output() const { return output_; }

    bool stopped() const { return stopped_; }
    void stop(bool stopped) { stopped_ = stopped; }

private:
    Termios termios_ = standard_termios;
    OutputProcessor output_{termios_};
    std::array<std::uint8_t, capacity> bytes_{};
    std::bitset<capacity> ends_line_;
    // Free-running places in bytes_: tail_ <= lines_ <= head_.
    std::size_t tail_ = 0;     ///< next to be read
    std::size_t lines_ = 0;    ///< behind the last complete line; raw mode does not use it
    std::size_t head_ = 0;     ///< behind the last byte typed
    unsigned line_column_ = 0; ///< where on the screen the typed line began
    bool literal_next_ = false;
    bool stopped_ = false;

    bool local(std::uint32_t flag) const { return (termios_.local & flag) != 0; }
    bool input(std::uint32_t flag) const { return (termios_.input & flag) != 0; }
    bool is(unsigned character, std::uint8_t byte) const;
    std::uint8_t& at(std::size_t place) { return bytes_[place % capacity]; }

    SignalNumber signal_of(std::uint8_t byte) const;
    bool flow_control(std::uint8_t byte);
    bool edit(std::uint8_t byte);
    bool finish_line(std::uint8_t byte);
    void store(std::uint8_t byte);
    void end_line(std::uint8_t byte);
    void interrupted(std::uint8_t byte);

    void echo(std::uint8_t byte);
    void echo_newline();
    void reprint();
    void erase_characters(unsigned character);
    void erase_one();
    void unecho(std::uint8_t byte);
    unsigned columns_of_tab() const;
};

} // namespace personality
