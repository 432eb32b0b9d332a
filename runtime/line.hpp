#pragma once
// One line of text put together in place, cut off where it gets too long: `line.put("{} of {}", a,
// b)`. The compiler checks that there is one "{}" for each argument. Numbers are decimal, hex(n) is
// not, an abi::Error is its name. No allocation, no floating point.

#include <abi/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace runtime {

/// A number to be written as 0x...
struct Hex {
    std::uint64_t value;
};
constexpr Hex hex(std::uint64_t value) { return {value}; }
inline Hex hex(void const* pointer) { return {reinterpret_cast<std::uint64_t>(pointer)}; }

namespace detail {
/// Never defined: its name is the compiler's message.
void one_argument_for_each_pair_of_braces();
} // namespace detail

/// A text with "{}" for each of its arguments.
template <class... A> class Format {
public:
    // Implicit, so that a literal is a Format.
    consteval Format(char const* text) : text_(text) { // NOLINT(google-explicit-constructor)
        std::size_t found = 0;
        for (auto at = text_.find("{}"); at != text_.npos; at = text_.find("{}", at + 2)) found++;
        if (found != sizeof...(A)) detail::one_argument_for_each_pair_of_braces();
    }
    constexpr std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

class Line {
public:
    static constexpr std::size_t capacity = 400;

    std::string_view text() const { return {text_.data(), size_}; }
    bool empty() const { return size_ == 0; }
    void clear() { size_ = 0; }

    template <class... A>
    void put(Format<std::type_identity_t<A>...> format, A const&... arguments) {
        auto rest = format.text();
        (put_one(rest, arguments), ...);
        add(rest);
    }

    void add(std::string_view text) {
        auto const count = std::min(text.size(), capacity - size_);
        std::memcpy(text_.data() + size_, text.data(), count);
        size_ += count;
    }
    void add(char const* text) { add(std::string_view(text)); }
    void add(char letter) { add(std::string_view(&letter, 1)); }
    void add(bool value) { add(value ? "true" : "false"); }
    void add(Hex number) {
        add("0x");
        add_number(number.value, 16);
    }
    void add(abi::Error error) { add(abi::name(error)); }
    template <std::integral T> void add(T number) { add_number(number, 10); }
    template <class E>
        requires std::is_enum_v<E>
    void add(E value) {
        add(static_cast<std::underlying_type_t<E>>(value));
    }

private:
    std::array<char, capacity> text_;
    std::size_t size_ = 0;

    template <class T> void put_one(std::string_view& rest, T const& argument) {
        auto const at = rest.find("{}");
        add(rest.substr(0, at));
        rest.remove_prefix(at + 2);
        if constexpr (std::convertible_to<T const&, std::string_view>)
            add(std::string_view(argument));
        else
            add(argument);
    }

    template <std::integral T> void add_number(T number, int radix) {
        std::array<char, 66> digits;
        // Small types would be taken for letters.
        using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                       static_cast<Wide>(number), radix);
        add(std::string_view(digits.data(), static_cast<std::size_t>(end.ptr - digits.data())));
    }
};

} // namespace runtime
