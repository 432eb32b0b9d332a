#include <servers/linux/fs/terminal/output_processor.hpp>

namespace personality {

void OutputProcessor::put_raw(std::uint8_t byte) {
    if (queue_.push(byte)) {
        if (byte == '\r')
            column_ = 0;
        else if (byte == '\b')
            column_ -= column_ > 0;
        else if (byte == '\t')
            column_ = (column_ | 7) + 1;
        else if (byte >= 0x20 && byte != 0x7f && (byte & 0xc0) != 0x80)
            column_++; // a byte that continues a UTF-8 character takes no column
    }
}

void OutputProcessor::put(std::uint8_t byte) {
    auto const flags = termios_.output;
    if ((flags & output_flag::process) == 0) return put_raw(byte);
    switch (byte) {
    case '\n':
        if ((flags & output_flag::nl_to_crnl) != 0) put_raw('\r');
        if ((flags & output_flag::nl_returns) != 0) column_ = 0;
        return put_raw('\n');
    case '\r':
        if ((flags & output_flag::no_cr_at_column_0) != 0 && column_ == 0) return;
        if ((flags & output_flag::cr_to_nl) != 0) {
            if ((flags & output_flag::nl_returns) != 0) column_ = 0;
            return put_raw('\n');
        }
        return put_raw('\r');
    case '\t':
        if ((flags & output_flag::expand_tabs) == output_flag::expand_tabs) {
            for (unsigned spaces = 8 - (column_ & 7); spaces > 0; spaces--) put_raw(' ');
            return;
        }
        return put_raw('\t');
    default: return put_raw(byte);
    }
}

} // namespace personality
