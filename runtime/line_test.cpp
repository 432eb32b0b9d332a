#include <runtime/line.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace {

using runtime::Line;

template <class... A>
std::string put(runtime::Format<std::type_identity_t<A>...> format, A const&... arguments) {
    Line line;
    line.put<A...>(format, arguments...);
    return std::string(line.text());
}

enum class Colour : std::uint8_t { red = 7 };

TEST(Line, WritesEachKindOfArgument) {
    EXPECT_EQ(put("nothing"), "nothing");
    EXPECT_EQ(put("{}", 42), "42");
    EXPECT_EQ(put("a{}b{}c", -1, 2u), "a-1b2c");
    EXPECT_EQ(put("{}", std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(put("{}", std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(put("{}", std::uint8_t{65}), "65");
    EXPECT_EQ(put("{}{}", 'x', true), "xtrue");
    EXPECT_EQ(put("{} {}", "text", std::string("more")), "text more");
    EXPECT_EQ(put("{}", runtime::hex(0xdead)), "0xdead");
    EXPECT_EQ(put("{}", abi::Error::no_memory), "no_memory");
    EXPECT_EQ(put("{}", Colour::red), "7");
}

TEST(Line, IsCutWhereItGetsTooLong) {
    auto const long_text = std::string(Line::capacity + 50, 'x');
    EXPECT_EQ(put("{}", long_text), std::string(Line::capacity, 'x'));
    EXPECT_EQ(put("{}{}", long_text, 5), std::string(Line::capacity, 'x'));
}

} // namespace
