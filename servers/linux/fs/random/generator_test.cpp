#include <servers/linux/fs/random/generator.hpp>

#include <gtest/gtest.h>

#include <set>
#include <vector>

using namespace personality;

TEST(ChaCha20, MatchesTheVectorOfItsStandard) {
    // RFC 8439, section 2.3.2.
    chacha20::Key key;
    for (std::uint32_t i = 0; i < 8; i++) key[i] = 0x03020100 + i * 0x04040404;
    auto const block = chacha20::block(key, 1, {0x09000000, 0x4a000000, 0});
    chacha20::Block const expected{0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3,
                                   0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3,
                                   0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
                                   0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2};
    EXPECT_EQ(block, expected);
}

TEST(RandomGenerator, NeverRepeatsItself) {
    RandomGenerator generator;
    generator.mix(42);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 10'000; i++) EXPECT_TRUE(seen.insert(generator.number()).second);
}

TEST(RandomGenerator, DependsOnAllEntropy) {
    RandomGenerator one, other;
    one.mix(1), one.mix(2);
    other.mix(3), other.mix(2);
    EXPECT_NE(one.number(), other.number());
}

TEST(RandomGenerator, FillsOddSizes) {
    RandomGenerator generator;
    generator.mix(processor_entropy());
    std::vector<std::byte> bytes(1001);
    generator.fill(bytes);
    std::array<int, 256> seen{};
    for (auto byte : bytes) seen[static_cast<unsigned>(byte)]++;
    for (int count : seen) EXPECT_LT(count, 40);
}
