// The part of the line discipline that edits the typed line and draws it.

#include <servers/linux/fs/terminal/line_discipline.hpp>

namespace personality {

namespace cc = control_character;

namespace {

bool control(std::uint8_t byte) { return byte < 0x20 || byte == 0x7f; }
bool continuation(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }
bool word_byte(std::uint8_t byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '_' || byte >= 0x80;
}

} // namespace

bool LineDiscipline::edit(std::uint8_t byte) {
    if (is(cc::erase, byte) || is(cc::kill, byte)) {
        erase_characters(is(cc::erase, byte) ? cc::erase : cc::kill);
        return true;
    }
    if (!local(local_flag::extended)) return false;
    if (is(cc::word_erase, byte)) {
        erase_characters(cc::word_erase);
    } else if (is(cc::literal_next, byte)) {
        literal_next_ = true;
        if (local(local_flag::echo) && local(local_flag::echo_control)) {
            if (head_ == lines_) line_column_ = output_.column();
            output_.put_raw('^');
            output_.put_raw('\b');
        }
    } else if (is(cc::reprint, byte) && local(local_flag::echo)) {
        reprint();
    } else {
        return false;
    }
    return true;
}

void LineDiscipline::echo(std::uint8_t byte) {
    if (!local(local_flag::echo)) return;
    if (head_ == lines_) line_column_ = output_.column();
    if (local(local_flag::echo_control) && control(byte) && byte != '\t') {
        output_.put_raw('^');
        output_.put_raw(byte ^ 0x40);
    } else {
        output_.put(byte);
    }
}

void LineDiscipline::echo_newline() {
    bool const newline_only = local(local_flag::echo_newline) && canonical();
    if (local(local_flag::echo) || newline_only) output_.put('\n');
}

void LineDiscipline::reprint() {
    echo(termios_.characters[cc::reprint]);
    output_.put('\n');
    line_column_ = output_.column();
    for (auto place = lines_; place != head_; place++) {
        std::uint8_t const byte = at(place);
        if (local(local_flag::echo_control) && control(byte) && byte != '\t') {
            output_.put_raw('^');
            output_.put_raw(byte ^ 0x40);
        } else {
            output_.put(byte);
        }
    }
}

void LineDiscipline::erase_characters(unsigned character) {
    if (head_ == lines_) return; // complete lines are out of reach
    if (character == cc::kill) {
        bool const visibly = local(local_flag::echo_kill_erases) && local(local_flag::echo_kill) &&
                             local(local_flag::echo_erase) && local(local_flag::echo);
        if (!visibly) {
            echo(termios_.characters[cc::kill]);
            head_ = lines_;
            if (local(local_flag::echo) && local(local_flag::echo_kill)) output_.put('\n');
            return;
        }
        while (head_ != lines_) erase_one();
        return;
    }
    if (character == cc::erase) return erase_one();
    bool in_word = false;
    while (head_ != lines_) {
        bool const word = word_byte(at(head_ - 1));
        if (in_word && !word) return;
        in_word = word;
        erase_one();
    }
}

/// Take one character from the end of the typed line: several bytes, if it is a UTF-8 one.
void LineDiscipline::erase_one() {
    auto start = head_ - 1;
    if (input(input_flag::utf8))
        while (start != lines_ && continuation(at(start))) start--;
    std::uint8_t const byte = at(start);
    head_ = start;
    if (!local(local_flag::echo)) return;
    if (local(local_flag::echo_erase))
        unecho(byte);
    else
        echo(termios_.characters[cc::erase]);
}

void LineDiscipline::unecho(std::uint8_t byte) {
    if (byte == '\t') {
        for (auto columns = columns_of_tab(); columns > 0; columns--) output_.put_raw('\b');
        return;
    }
    unsigned width = 1;
    if (control(byte)) width = local(local_flag::echo_control) ? 2 : 0;
    for (; width > 0; width--)
        for (char c : {'\b', ' ', '\b'}) output_.put_raw(static_cast<std::uint8_t>(c));
}

/// How far a tab that stood at head_ had moved the cursor.
unsigned LineDiscipline::columns_of_tab() const {
    unsigned column = line_column_;
    for (auto place = lines_; place != head_; place++) {
        std::uint8_t const byte = bytes_[place % capacity];
        if (byte == '\t')
            column = (column | 7) + 1;
        else if (control(byte))
            column += local(local_flag::echo_control) ? 2 : 0;
        else
            column += continuation(byte) ? 0 : 1;
    }
    return 8 - (column & 7);
}

} // namespace personality
