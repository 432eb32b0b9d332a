// The functions that the compiler takes for granted. Without SSE: eight bytes at a time, the end
// covered by one last access that may overlap the one before; long runs by the string instructions
// in words, which are fast on every processor (bytes are not, on some and in emulators).

#include <cstddef>
#include <cstdint>

namespace {

struct [[gnu::packed, gnu::may_alias]] Unaligned {
    std::uint64_t word;
};

std::uint64_t load(void const* from, std::size_t at) {
    return reinterpret_cast<Unaligned const*>(static_cast<std::byte const*>(from) + at)->word;
}
void store(void* to, std::size_t at, std::uint64_t word) {
    reinterpret_cast<Unaligned*>(static_cast<std::byte*>(to) + at)->word = word;
}

/// From here on the start-up cost of a string instruction is worth paying.
constexpr std::size_t long_run = 256;

} // namespace

extern "C" {

[[clang::no_builtin]] void* memcpy(void* __restrict to, void const* __restrict from,
                                   std::size_t bytes) {
    if (bytes < 8) {
        auto* const d = static_cast<std::byte*>(to);
        auto const* const s = static_cast<std::byte const*>(from);
        for (std::size_t at = 0; at < bytes; at++) d[at] = s[at];
        return to;
    }
    std::uint64_t const last = load(from, bytes - 8);
    if (bytes >= long_run) {
        void* d = to;
        std::size_t words = bytes / 8;
        asm volatile("rep movsq" : "+D"(d), "+S"(from), "+c"(words)::"memory");
    } else {
        for (std::size_t at = 0; at < bytes - 8; at += 8) store(to, at, load(from, at));
    }
    store(to, bytes - 8, last);
    return to;
}

[[clang::no_builtin]] void* memmove(void* to, void const* from, std::size_t bytes) {
    auto const distance = reinterpret_cast<std::uintptr_t>(to) -
                          reinterpret_cast<std::uintptr_t>(from); // wraps if `to` is below
    if (distance >= bytes) {
        // Forward is safe: what is overwritten has been read. Not memcpy, which reads the end first
        // and may be told that the two don't overlap.
        std::size_t at = 0;
        for (; at + 8 <= bytes; at += 8) store(to, at, load(from, at));
        for (; at < bytes; at++)
            static_cast<std::byte*>(to)[at] = static_cast<std::byte const*>(from)[at];
    } else {
        std::size_t at = bytes;
        for (; at >= 8; at -= 8) store(to, at - 8, load(from, at - 8));
        for (; at > 0; at--)
            static_cast<std::byte*>(to)[at - 1] = static_cast<std::byte const*>(from)[at - 1];
    }
    return to;
}

[[clang::no_builtin]] void* memset(void* to, int value, std::size_t bytes) {
    auto const byte = static_cast<std::byte>(value);
    if (bytes < 8) {
        for (std::size_t at = 0; at < bytes; at++) static_cast<std::byte*>(to)[at] = byte;
        return to;
    }
    auto const word = static_cast<std::uint8_t>(value) * 0x0101'0101'0101'0101u;
    if (bytes >= long_run) {
        void* d = to;
        std::size_t words = bytes / 8;
        asm volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(word) : "memory");
    } else {
        for (std::size_t at = 0; at < bytes - 8; at += 8) store(to, at, word);
    }
    store(to, bytes - 8, word);
    return to;
}

[[clang::no_builtin]] int memcmp(void const* a, void const* b, std::size_t bytes) {
    std::size_t at = 0;
    while (at + 8 <= bytes && load(a, at) == load(b, at)) at += 8;
    auto const* const x = static_cast<std::uint8_t const*>(a);
    auto const* const y = static_cast<std::uint8_t const*>(b);
    for (; at < bytes; at++)
        if (x[at] != y[at]) return x[at] < y[at] ? -1 : 1;
    return 0;
}

[[clang::no_builtin]] void* memchr(void const* from, int value, std::size_t bytes) {
    auto const* const s = static_cast<std::uint8_t const*>(from);
    for (std::size_t at = 0; at < bytes; at++)
        if (s[at] == static_cast<std::uint8_t>(value)) return const_cast<std::uint8_t*>(s + at);
    return nullptr;
}

[[clang::no_builtin]] std::size_t strlen(char const* text) {
    std::size_t length = 0;
    while (text[length] != '\0') length++;
    return length;
}

} // extern "C"
