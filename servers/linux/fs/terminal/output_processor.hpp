#pragma once
// What happens to a byte on its way to the screen: newline and tab translation (OPOST), and the
// column of the cursor, which tabs and erasing need to know.

#include <servers/linux/fs/terminal/byte_queue.hpp>
#include <servers/linux/fs/terminal/termios.hpp>

namespace personality {

class OutputProcessor {
public:
    /// Bytes kept free for echo, so that a program that floods the screen can't silence the keys.
    static constexpr std::size_t echo_reserve = 512;
    /// The most that one byte may become: a tab is up to eight spaces.
    static constexpr std::size_t longest_expansion = 8;

    explicit OutputProcessor(Termios const& termios) : termios_(termios) {}

    /// Room for a program's writes, in bytes of the worst case.
    bool writable() const { return queue_.room() >= echo_reserve + longest_expansion; }
    /// One byte of a program's output or of echo. Echo that finds no room is lost.
    void put(std::uint8_t byte);
    /// The same without translation, for echo that says itself what it means.
    void put_raw(std::uint8_t byte);

    unsigned column() const { return column_; }
    ByteQueue<8192>& queue() { return queue_; }
    ByteQueue<8192> const& queue() const { return queue_; }

private:
    Termios const& termios_;
    ByteQueue<8192> queue_;
    unsigned column_ = 0;
};

} // namespace personality
