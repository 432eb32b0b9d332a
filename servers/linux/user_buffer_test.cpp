#include <servers/linux/user_buffer.hpp>

#include <servers/linux/user_memory_fake.hpp>

#include <gtest/gtest.h>

#include <string>

namespace personality {
namespace {

constexpr UserAddress base = UserMemoryFake::base;

std::span<std::byte const> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

struct Vector {
    std::uint64_t at, bytes;
};

TEST(UserBuffer, GoesAcrossPagesAndVectors) {
    UserMemoryFake memory(0x4000);
    Vector const vectors[] = {{base + 0x1ffe, 4}, {base + 0x3000, 0}, {base + 0x3000, 3}};
    ASSERT_TRUE(memory.copy_out(base, std::as_bytes(std::span(vectors))));
    auto buffer = *UserBuffer::vectors(memory, base, 3);
    EXPECT_EQ(buffer.remaining(), 7U);
    EXPECT_EQ(*buffer.copy_out(bytes("abcdefghij")), 7U);
    EXPECT_EQ(buffer.remaining(), 0U);
    std::array<char, 4> text;
    ASSERT_TRUE(memory.copy_in(std::as_writable_bytes(std::span(text)), base + 0x1ffe));
    EXPECT_EQ(std::string_view(text.data(), 4), "abcd");
    ASSERT_TRUE(memory.copy_in(std::as_writable_bytes(std::span(text)), base + 0x3000));
    EXPECT_EQ(std::string_view(text.data(), 3), "efg");
}

TEST(UserBuffer, AFaultIsAnErrorOnlyAtTheBeginning) {
    UserMemoryFake memory(0x1000);
    auto buffer = UserBuffer::plain(memory, base + 0xffe, 10);
    EXPECT_EQ(*buffer.copy_out(bytes("abcdef")), 2U);
    EXPECT_EQ(*buffer.copy_out(bytes("cdef")), 0U);
    auto nowhere = UserBuffer::plain(memory, 0, 10);
    EXPECT_EQ(nowhere.copy_out(bytes("a")).error(), Errno::fault);
}

TEST(UserBuffer, RefusesWhatIsTooLong) {
    UserMemoryFake memory(0x1000);
    Vector const vectors[] = {{base, ~std::uint64_t{0} >> 1}, {base, 1}};
    ASSERT_TRUE(memory.copy_out(base, std::as_bytes(std::span(vectors))));
    EXPECT_EQ(UserBuffer::vectors(memory, base, 2).error(), Errno::inval);
    EXPECT_EQ(UserBuffer::vectors(memory, base, 1025).error(), Errno::inval);
    EXPECT_EQ(UserBuffer::vectors(memory, 0, 1).error(), Errno::fault);
    EXPECT_EQ(UserBuffer::plain(memory, base, ~std::size_t{0}).remaining(), UserBuffer::max_bytes);
}

TEST(UserMemory, StringsEndOrAreTooLong) {
    UserMemoryFake memory(0x2000);
    ASSERT_TRUE(memory.copy_out(base + 0xffd, bytes(std::string_view("hello", 6))));
    std::array<char, 16> space;
    EXPECT_EQ(*memory.string(space, base + 0xffd), "hello");
    EXPECT_EQ(memory.string(std::span(space).first(5), base + 0xffd).error(), Errno::nametoolong);
    EXPECT_EQ(memory.string(space, base + 0x2000).error(), Errno::fault);
}

} // namespace
} // namespace personality
