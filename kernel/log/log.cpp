#include <kernel/log/log.hpp>

#include <array>
#include <charconv>

namespace kernel {
namespace {

void log_number(std::uint64_t number, int radix) {
    std::array<char, 20> digits; // of 2^64 in decimal
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number, radix).ptr;
    arch::write_log({digits.data(), end});
}

void log_value(LogArgument const& value, bool hexadecimal) {
    if (value.type == LogType::text) {
        arch::write_log(value.text);
    } else if (hexadecimal) {
        arch::write_log("0x");
        log_number(value.number, 16);
    } else if (value.type == LogType::integer && value.number >> 63 != 0) {
        arch::write_log("-");
        log_number(-value.number, 10);
    } else {
        log_number(value.number, 10);
    }
}

} // namespace

void log(std::string_view line) {
    arch::write_log(line);
    arch::write_log("\n");
}

void log_arguments(std::string_view format, LogArgument const* arguments) {
    while (true) {
        auto const place = format.find('{');
        arch::write_log(format.substr(0, place));
        if (place == format.npos) break;
        format.remove_prefix(place);
        log_value(*arguments++, format.starts_with("{:x}"));
        format.remove_prefix(format.find('}') + 1);
    }
    arch::write_log("\n");
}

} // namespace kernel
