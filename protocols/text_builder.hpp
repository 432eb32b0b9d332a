#pragma once
// Text for people, put together in a buffer of fixed size: what does not fit is left out.

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace protocols {

class TextBuilder {
public:
    explicit constexpr TextBuilder(std::span<char> buffer) : buffer_(buffer) {}

    constexpr TextBuilder& put(std::string_view text) {
        for (char const c : text) put(c);
        return *this;
    }
    constexpr TextBuilder& put(char c) {
        if (length_ < buffer_.size()) buffer_[length_++] = c;
        return *this;
    }
    constexpr TextBuilder& decimal(std::uint64_t number, unsigned least_digits = 1) {
        return digits(number, 10, least_digits);
    }
    constexpr TextBuilder& hexadecimal(std::uint64_t number, unsigned least_digits = 1) {
        return digits(number, 16, least_digits);
    }
    /// Nanoseconds as "12.345".
    constexpr TextBuilder& seconds(std::uint64_t ns) {
        return decimal(ns / 1'000'000'000).put('.').decimal(ns / 1'000'000 % 1000, 3);
    }
    /// Spaces up to a column of the line that was begun at `line_start`.
    constexpr TextBuilder& pad(std::size_t line_start, std::size_t column) {
        while (length_ < line_start + column && length_ < buffer_.size()) put(' ');
        return *this;
    }

    constexpr std::string_view text() const { return {buffer_.data(), length_}; }
    constexpr std::size_t length() const { return length_; }
    constexpr std::span<char> rest() const { return buffer_.subspan(length_); }
    /// `bytes` of rest() were filled by somebody else.
    constexpr void advance(std::size_t bytes) {
        length_ += bytes < rest().size() ? bytes : rest().size();
    }

private:
    std::span<char> buffer_;
    std::size_t length_ = 0;

    constexpr TextBuilder& digits(std::uint64_t number, unsigned base, unsigned least) {
        char reversed[24];
        unsigned count = 0;
        do {
            reversed[count++] = "0123456789abcdef"[number % base];
            number /= base;
        } while (number != 0);
        while (count < least && count < sizeof reversed) reversed[count++] = '0';
        while (count > 0) put(reversed[--count]);
        return *this;
    }
};

} // namespace protocols
