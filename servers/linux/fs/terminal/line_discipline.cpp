#include <servers/linux/fs/terminal/line_discipline.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

namespace cc = control_character;

bool LineDiscipline::is(unsigned character, std::uint8_t byte) const {
    return byte != 0 && termios_.characters[character] == byte; // 0 means that nobody types it
}

LineDiscipline::SignalNumber LineDiscipline::signal_of(std::uint8_t byte) const {
    constexpr SignalNumber sigint = 2, sigquit = 3, sigtstp = 20;
    if (!local(local_flag::signals)) return 0;
    if (is(cc::interrupt, byte)) return sigint;
    if (is(cc::quit, byte)) return sigquit;
    if (is(cc::suspend, byte)) return sigtstp;
    return 0;
}

LineDiscipline::SignalNumber LineDiscipline::receive(std::uint8_t byte) {
    if (input(input_flag::strip)) byte &= 0x7f;
    if (literal_next_) {
        literal_next_ = false;
        echo(byte);
        store(byte);
        return 0;
    }
    if (flow_control(byte)) return 0;
    if (auto const signal = signal_of(byte); signal != 0) {
        interrupted(byte);
        return signal;
    }
    if (byte == '\r') {
        if (input(input_flag::ignore_cr)) return 0;
        if (input(input_flag::cr_to_nl)) byte = '\n';
    } else if (byte == '\n' && input(input_flag::nl_to_cr)) {
        byte = '\r';
    }
    if (canonical() && (edit(byte) || finish_line(byte))) return 0;
    if (byte == '\n')
        echo_newline();
    else
        echo(byte);
    store(byte);
    return 0;
}

bool LineDiscipline::flow_control(std::uint8_t byte) {
    if (!input(input_flag::flow_control)) return false;
    if (is(cc::stop, byte)) {
        stopped_ = true;
        return true;
    }
    bool const starts = is(cc::start, byte);
    // Any key that raises a signal lets the output go on too, or nobody would see its effect.
    if (starts || input(input_flag::any_restarts) || signal_of(byte) != 0) stopped_ = false;
    return starts;
}

void LineDiscipline::interrupted(std::uint8_t byte) {
    if (!local(local_flag::no_flush)) {
        flush_input();
        flush_output();
    }
    echo(byte);
}

bool LineDiscipline::finish_line(std::uint8_t byte) {
    if (byte == '\n') {
        echo_newline();
        end_line('\n');
    } else if (is(cc::end_of_file, byte)) {
        end_line(0); // a delimiter that the read does not hand out
    } else if (is(cc::end_of_line, byte) ||
               (is(cc::end_of_line_2, byte) && local(local_flag::extended))) {
        echo(byte);
        end_line(byte);
    } else {
        return false;
    }
    return true;
}

void LineDiscipline::store(std::uint8_t byte) {
    // The last place is kept for the delimiter of a line that has grown too long.
    if (head_ - tail_ >= capacity - 1) {
        if (input(input_flag::bell_when_full)) output_.put_raw('\a');
        return;
    }
    if (head_ == lines_ && canonical() && !local(local_flag::echo)) line_column_ = output_.column();
    ends_line_[head_ % capacity] = false;
    at(head_++) = byte;
}

void LineDiscipline::end_line(std::uint8_t byte) {
    if (head_ - tail_ >= capacity) return;
    ends_line_[head_ % capacity] = true;
    at(head_++) = byte;
    lines_ = head_;
}

bool LineDiscipline::accepts() const {
    bool const can_be_read = !canonical() || lines_ != tail_;
    return head_ - tail_ < capacity / 2 || !can_be_read;
}

bool LineDiscipline::readable(std::size_t minimum) const {
    return canonical() ? lines_ != tail_ : head_ - tail_ >= minimum;
}

std::size_t LineDiscipline::pending() const {
    if (!canonical()) return head_ - tail_;
    std::size_t bytes = lines_ - tail_;
    for (auto place = tail_; place != lines_; place++)
        if (ends_line_[place % capacity] && bytes_[place % capacity] == 0)
            bytes--; // not handed out
    return bytes;
}

std::size_t LineDiscipline::read(std::span<std::byte> to) {
    std::size_t count = 0;
    if (!canonical()) {
        for (; count < to.size() && tail_ != head_; count++) to[count] = std::byte{at(tail_++)};
        lines_ = std::max(lines_, tail_);
        return count;
    }
    while (tail_ != lines_) {
        bool const last = ends_line_[tail_ % capacity];
        std::uint8_t const byte = at(tail_);
        bool const end_of_file = last && byte == 0;
        if (count == to.size() && !end_of_file) break;
        tail_++;
        if (!end_of_file) to[count++] = std::byte{byte};
        if (last) break;
    }
    return count;
}

std::size_t LineDiscipline::write(std::span<std::byte const> from) {
    std::size_t count = 0;
    while (count < from.size() && writable())
        output_.put(std::to_integer<std::uint8_t>(from[count++]));
    return count;
}

void LineDiscipline::set_termios(Termios const& termios) {
    bool const mode_changes = ((termios.local ^ termios_.local) & local_flag::canonical) != 0;
    termios_ = termios;
    if ((termios.input & input_flag::flow_control) == 0) stopped_ = false;
    if (!mode_changes) return;
    // What was typed so far becomes readable at once, as if a line had ended, but without
    // delimiter.
    ends_line_.reset();
    literal_next_ = false;
    lines_ = tail_;
    if (canonical() && head_ != tail_) {
        ends_line_[(head_ - 1) % capacity] = true;
        lines_ = head_;
    }
}

void LineDiscipline::flush_input() {
    tail_ = lines_ = head_;
    literal_next_ = false;
}

} // namespace personality
