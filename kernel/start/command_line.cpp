#include <kernel/start/command_line.hpp>

#include <algorithm>

namespace kernel {
namespace {

std::optional<unsigned> digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

} // namespace

std::optional<std::string_view> CommandLine::value(std::string_view name) const {
    std::optional<std::string_view> found;
    std::string_view rest = text_;
    while (!rest.empty()) {
        std::string_view word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        if (!word.starts_with(name)) continue;
        word.remove_prefix(name.size());
        if (word.starts_with('=')) found = word.substr(1);
    }
    return found;
}

std::optional<std::uint16_t> CommandLine::port(std::string_view name) const {
    // Not std::from_chars: for a radix that isn't ten the library's computes with floats.
    std::string_view digits = value(name).value_or(std::string_view{});
    unsigned radix = 10;
    if (digits.starts_with("0x")) {
        digits.remove_prefix(2);
        radix = 16;
    }
    if (digits.empty()) return std::nullopt;
    unsigned number = 0;
    for (char const c : digits) {
        auto const digit = digit_value(c);
        if (!digit || *digit >= radix) return std::nullopt;
        number = number * radix + *digit;
        if (number > 0xffff) return std::nullopt;
    }
    return static_cast<std::uint16_t>(number);
}

} // namespace kernel
