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

/// One value to be printed.
class LogArgument {
public:
    enum class Type : std::uint8_t { text, natural, integer };

    constexpr LogArgument(std::string_view text) : type_(Type::text), text_(text) {}
    constexpr LogArgument(char const* text) : type_(Type::text), text_(text) {}
    constexpr LogArgument(bool yes) : type_(Type::text), text_(yes ? "yes" : "no") {}
    constexpr LogArgument(std::unsigned_integral auto n) : type_(Type::natural), number_(n) {}
    constexpr LogArgument(std::signed_integral auto n)
        : type_(Type::integer), number_(static_cast<std::uint64_t>(n)) {}
    /// Phys, Virt and their like.
    template <class Address>
        requires std::same_as<decltype(Address::raw), std::uint64_t>
    constexpr LogArgument(Address address) : type_(Type::natural), number_(address.raw) {}

    constexpr Type type() const { return type_; }
    constexpr std::string_view text() const { return text_; }
    constexpr std::uint64_t number() const { return number_; }

private:
    Type type_;
    std::uint64_t number_ = 0;
    std::string_view text_;
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

/// Bytes as they are, without a newline.
void log_bytes(std::string_view text);
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
