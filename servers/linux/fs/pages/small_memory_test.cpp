#include <servers/linux/fs/pages/small_memory.hpp>

#include <servers/linux/fs/testing/environment.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace personality::testing {
namespace {

TEST(SmallMemory, GivesPiecesThatDoNotMeet) {
    Ram ram(512);
    auto const before = ram.pool.free();
    SmallMemory memory(ram.pool);
    struct Piece {
        std::byte* at;
        std::size_t bytes;
        std::byte mark;
    };
    std::vector<Piece> pieces;
    std::mt19937 random(3);
    for (int step = 0; step < 20'000; step++) {
        if (pieces.empty() || random() % 5 < 3) {
            auto const bytes = 1 + random() % (random() % 10 == 0 ? 4032 : 400);
            auto* const at = static_cast<std::byte*>(memory.allocate(bytes));
            if (at == nullptr) continue;
            ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % 16, 0u);
            auto const mark = static_cast<std::byte>(step);
            std::memset(at, static_cast<int>(mark), bytes);
            pieces.push_back({at, bytes, mark});
        } else {
            std::swap(pieces[random() % pieces.size()], pieces.back());
            auto const piece = pieces.back();
            for (std::size_t i = 0; i < piece.bytes; i++) ASSERT_EQ(piece.at[i], piece.mark);
            SmallMemory::release(piece.at);
            pieces.pop_back();
        }
    }
    for (auto const& piece : pieces) SmallMemory::release(piece.at);
    EXPECT_EQ(memory.pages(), 0u);
    EXPECT_EQ(ram.pool.free(), before);
}

TEST(SmallMemory, SaysNoWhenThereIsNone) {
    Ram ram(8);
    SmallMemory memory(ram.pool);
    std::vector<void*> pieces;
    while (auto* const piece = memory.allocate(1000)) pieces.push_back(piece);
    EXPECT_GE(pieces.size(), 4u * 6);
    EXPECT_EQ(ram.pool.free(), 0u);
    EXPECT_EQ(memory.allocate(32), nullptr);
    EXPECT_EQ(memory.allocate(SmallMemory::largest + 1), nullptr);
    for (auto* piece : pieces) SmallMemory::release(piece);
    SmallMemory::release(nullptr);
    EXPECT_NE(memory.allocate(32), nullptr);
}

} // namespace
} // namespace personality::testing
