#pragma once
// The kernel's early log: text that leaves the machine at once and is never read back. One call of
// log() is one line. The format is checked by the compiler:
//
//   log("{} pages at {:x}", pages, address);    {} text or decimal, {:x} hexadecimal
//
// Not a channel of ordinary work: services log into rings of their own.

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace kernel {

namespace arch {

/// Where the log goes: each architecture defines this.
void write_log(std::string_view text);

} // namespace arch

enum class LogType : std::uint8_t { text, natural, integer };

/// One value to be printed.
struct LogArgument {
    LogType type;
    std::uint64_t number = 0;
    std::string_view text;

    constexpr LogArgument(std::string_view words) : type(LogType::text), text(words) {}
    constexpr LogArgument(char const* words) : LogArgument(std::string_view{words}) {}
    constexpr LogArgument(bool yes) : LogArgument(yes ? "yes" : "no") {}
    constexpr LogArgument(std::unsigned_integral auto n) : type(LogType::natural), number(n) {}
    constexpr LogArgument(std::signed_integral auto n)
        : type(LogType::integer), number(static_cast<std::uint64_t>(n)) {}
    /// Phys, Virt and their like.
    template <class Address>
        requires std::same_as<decltype(Address::raw), std::uint64_t>
    constexpr LogArgument(Address address) : LogArgument(address.raw) {}
};

/// Not defined: to call it in a constant expression is the compiler's error message.
void log_format_does_not_match_its_arguments();

/// A format string with a place for each argument.
template <class... Arguments> struct LogFormat {
    std::string_view text;

    consteval LogFormat(char const* format) : text(format) {
        std::size_t places = 0;
        for (std::size_t at = 0; at < text.size(); at++) {
            if (text[at] != '{') continue;
            auto const rest = text.substr(at);
            if (!rest.starts_with("{}") && !rest.starts_with("{:x}"))
                log_format_does_not_match_its_arguments();
            places++;
        }
        if (places != sizeof...(Arguments)) log_format_does_not_match_its_arguments();
    }
};

/// One line of text.
void log(std::string_view line);
/// One line from a format and its arguments.
void log_arguments(std::string_view format, LogArgument const* arguments);

template <class... Arguments>
    requires(sizeof...(Arguments) > 0)
void log(LogFormat<std::type_identity_t<Arguments>...> format, Arguments const&... arguments) {
    LogArgument const list[] = {LogArgument(arguments)...};
    log_arguments(format.text, list);
}

} // namespace kernel
