#include <protocols/log_ring.hpp>

#include <array>
#include <gtest/gtest.h>
#include <string>

using namespace protocols;

namespace {

struct Ring {
    alignas(64) std::array<std::byte, 64 + 16> bytes{};
    LogWriter writer{bytes};
    LogReader reader{bytes};

    LogHead& head() { return *reinterpret_cast<LogHead*>(bytes.data()); }
    std::string last(std::size_t size) {
        std::string text(size, '?');
        text.resize(reader.read_last(text).bytes);
        return text;
    }
};

} // namespace

TEST(LogRing, KeepsTheNewest) {
    Ring ring;
    EXPECT_EQ(ring.last(100), "");
    ring.writer.write("hello ");
    ring.writer.write("world");
    EXPECT_EQ(ring.last(100), "hello world");
    EXPECT_EQ(ring.last(3), "rld");
    ring.writer.write(", and on");
    EXPECT_EQ(ring.last(100), "lo world, and on");
    ring.writer.write("0123456789abcdefghij");
    EXPECT_EQ(ring.last(100), "456789abcdefghij");
    EXPECT_EQ(ring.reader.begin(), 23u);
}

TEST(LogRing, AReaderFollows) {
    Ring ring;
    std::array<char, 4> some{};
    ring.writer.write("abcdef");
    auto piece = ring.reader.read(0, some);
    EXPECT_EQ(std::string(some.data(), piece.bytes), "abcd");
    piece = ring.reader.read(piece.position + piece.bytes, some);
    EXPECT_EQ(std::string(some.data(), piece.bytes), "ef");
    EXPECT_EQ(ring.reader.read(6, some).bytes, 0u);
    EXPECT_EQ(ring.reader.read(600, some).bytes, 0u);
}

TEST(LogRing, ASuccessorGoesOn) {
    Ring ring;
    ring.writer.write("before ");
    LogWriter successor(ring.bytes);
    successor.write("after");
    EXPECT_EQ(ring.last(100), "before after");
}

TEST(LogRing, BytesUnderTheWritersHandAreLeftOut) {
    Ring ring;
    ring.writer.write("0123456789abcdef");
    ring.head().intended = 20; // four more are being written
    EXPECT_EQ(ring.last(16), "456789abcdef");
    ring.head().intended = 1000;
    EXPECT_EQ(ring.last(16), "");
}

TEST(LogRing, ALiarGetsNobodyOutOfBounds) {
    Ring ring;
    for (std::uint64_t const lie : {~0ull, 1ull << 63, 17ull}) {
        ring.head().written = lie;
        EXPECT_LE(ring.last(100).size(), 16u);
    }
    EXPECT_EQ(LogReader(std::span<std::byte const>{}).end(), 0u);
    LogWriter{}.write("nowhere");
}
