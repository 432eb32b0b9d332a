#include <servers/linux/fs/generated/text.hpp>

#include <array>
#include <cstring>

namespace personality {

Text& Text::put(std::string_view text) {
    while (!text.empty() && whole_) {
        auto const room = to_.room(to_.size(), text.size());
        if (!room) {
            whole_ = false;
            break;
        }
        std::memcpy(room->data(), text.data(), room->size());
        to_.wrote(to_.size() + room->size());
        text.remove_prefix(room->size());
    }
    return *this;
}

Text& Text::digits(std::uint64_t number, unsigned base, unsigned least, unsigned width) {
    std::array<char, 32> memory;
    std::size_t at = memory.size();
    do {
        memory[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0 || memory.size() - at < least);
    while (memory.size() - at < width && at > 0) memory[--at] = ' ';
    return put({memory.data() + at, memory.size() - at});
}

Text& Text::decimal(std::uint64_t number, unsigned width) { return digits(number, 10, 1, width); }
Text& Text::integer(std::int64_t number) {
    if (number >= 0) return decimal(static_cast<std::uint64_t>(number));
    return put('-').decimal(0 - static_cast<std::uint64_t>(number));
}
Text& Text::hexadecimal(std::uint64_t number, unsigned least) {
    return digits(number, 16, least, 0);
}
Text& Text::octal(std::uint64_t number, unsigned least) { return digits(number, 8, least, 0); }
Text& Text::bits(std::uint64_t set) {
    constexpr unsigned all = 64;
    bool first = true;
    for (unsigned at = 0; at < all; at++) {
        if ((set >> at & 1) == 0) continue;
        unsigned end = at;
        while (end + 1 < all && (set >> (end + 1) & 1) != 0) end++;
        if (!first) put(',');
        decimal(at);
        if (end != at) put('-').decimal(end);
        first = false;
        at = end;
    }
    return *this;
}
Text& Text::seconds(std::uint64_t ns) {
    return decimal(ns / 1'000'000'000).put('.').digits(ns / 10'000'000 % 100, 10, 2, 0);
}

} // namespace personality
