#pragma once
// The text of a generated file while it is put together, in pages of its own.

#include <servers/linux/fs/pages/file_contents.hpp>

#include <cstdint>
#include <string_view>

namespace personality {

class Text {
public:
    explicit Text(FileContents& to) : to_(to) {}

    Text& put(std::string_view text);
    Text& put(char c) { return put(std::string_view(&c, 1)); }
    /// With blanks before it, up to `width`.
    Text& decimal(std::uint64_t number, unsigned width = 0);
    Text& integer(std::int64_t number);
    Text& hexadecimal(std::uint64_t number, unsigned digits = 1);
    Text& octal(std::uint64_t number, unsigned digits = 1);
    /// The numbers of the bits that are set, as 0-2,5.
    Text& bits(std::uint64_t set);
    /// Nanoseconds as seconds with two decimals.
    Text& seconds(std::uint64_t ns);

    /// False when memory ran out: the rest is missing.
    bool whole() const { return whole_; }

private:
    FileContents& to_;
    bool whole_ = true;

    Text& digits(std::uint64_t number, unsigned base, unsigned least, unsigned width);
};

} // namespace personality
