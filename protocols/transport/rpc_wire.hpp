#pragma once
// How values cross in the words of a message. A type crosses if every pattern of its bytes is a
// value (no padding, no bool, no pointer); one that restricts them further says so in
// `bool valid() const`, which is asked on arrival.

#include <abi/capability.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace protocols::rpc {

template <class T>
concept WireSafe = std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T> &&
                   std::has_unique_object_representations_v<T> && !std::is_pointer_v<T> &&
                   !std::is_same_v<std::remove_cv_t<T>, bool>;

/// The words that a T occupies; the last is filled up with zeroes.
template <class T>
constexpr std::size_t words_of = (sizeof(T) + sizeof(abi::Word) - 1) / sizeof(abi::Word);

/// Words reached by index: registers for the first eight and the message page for the others, or an
/// array in a test.
template <class W>
concept Words = requires(W& words, std::size_t at) {
    { words[at] } -> std::convertible_to<abi::Word>;
};

template <WireSafe T, Words W> inline void put(W& words, std::size_t at, T const& value) {
    std::array<abi::Word, words_of<T>> whole{};
    std::memcpy(whole.data(), &value, sizeof(T));
    for (std::size_t i = 0; i < whole.size(); i++) words[at + i] = whole[i];
}

/// The value at word `at`; nothing if it is not valid.
template <WireSafe T, Words W> inline std::optional<T> take(W& words, std::size_t at) {
    std::array<abi::Word, words_of<T>> whole;
    for (std::size_t i = 0; i < whole.size(); i++) whole[i] = words[at + i];
    T value;
    std::memcpy(&value, whole.data(), sizeof(T));
    if constexpr (requires { value.valid(); })
        if (!value.valid()) return std::nullopt;
    return value;
}

/// All of them from word 0 on, each beginning a word.
template <Words W, WireSafe... T> inline void put_all(W& words, std::tuple<T...> const& values) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        std::size_t at = 0;
        ((put(words, at, std::get<I>(values)), at += words_of<T>), ...);
    }(std::index_sequence_for<T...>{});
}

/// A tuple of what put_all has put; nothing if one of the values is not valid.
template <class Tuple, Words W> inline std::optional<Tuple> take_all(W& words) {
    Tuple values{};
    std::size_t at = 0;
    auto const one = [&]<class T>(T& value) {
        auto const taken = take<T>(words, at);
        at += words_of<T>;
        if (taken) value = *taken;
        return taken.has_value();
    };
    bool const valid = std::apply([&](auto&... value) { return (one(value) && ...); }, values);
    if (!valid) return std::nullopt;
    return values;
}

/// Text of up to N bytes as a value of its own.
template <std::size_t N> struct Text {
    static_assert(N % 2 == 0, "without padding");
    std::uint16_t length = 0;
    std::array<char, N> bytes{};

    /// Nothing if the text is too long.
    static constexpr std::optional<Text> from(std::string_view text) {
        if (text.size() > N) return std::nullopt;
        Text made;
        made.length = static_cast<std::uint16_t>(text.size());
        for (std::size_t i = 0; i < text.size(); i++) made.bytes[i] = text[i];
        return made;
    }
    constexpr bool valid() const { return length <= N; }
    constexpr std::string_view view() const { return {bytes.data(), length}; }
};

} // namespace protocols::rpc
