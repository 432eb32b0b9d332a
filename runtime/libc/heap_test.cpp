#include <runtime/libc/heap.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>

namespace runtime::libc {
namespace {

constexpr std::size_t page = abi::page_bytes;

std::set<std::byte*> hidden; // pages
bool may_hide = true;

bool set_accessible(std::span<std::byte> pages, bool accessible) {
    if (!may_hide) return false;
    for (std::size_t at = 0; at < pages.size(); at += page)
        if (accessible)
            hidden.erase(pages.data() + at);
        else
            hidden.insert(pages.data() + at);
    return true;
}

struct HeapTest : testing::Test {
    static constexpr std::size_t pages = 200;
    std::unique_ptr<std::byte, decltype(&std::free)> memory{
        static_cast<std::byte*>(std::aligned_alloc(page, pages* page)), &std::free};
    Heap heap;

    HeapTest() {
        std::memset(memory.get(), 0, pages * page);
        hidden.clear();
        may_hide = true;
        heap = Heap({memory.get(), pages * page}, set_accessible);
    }
};

bool zero(void const* at, std::size_t bytes) {
    auto const* const text = static_cast<char const*>(at);
    return bytes == 0 || (text[0] == 0 && std::memcmp(text, text + 1, bytes - 1) == 0);
}

TEST_F(HeapTest, an_empty_heap_has_nothing) {
    Heap none;
    EXPECT_EQ(none.allocate(1), nullptr);
    EXPECT_FALSE(none.release(memory.get(), page));
    Heap const tiny({memory.get(), 0}, set_accessible);
    EXPECT_EQ(tiny.bytes_in_use(), 0u);
}

TEST_F(HeapTest, absurd_sizes_are_refused) {
    EXPECT_EQ(heap.allocate(SIZE_MAX), nullptr);
    EXPECT_EQ(heap.allocate(pages * page), nullptr); // one page holds the books
    auto* const all = heap.allocate((pages - 1) * page);
    EXPECT_NE(all, nullptr);
    EXPECT_EQ(heap.allocate(1), nullptr);
    EXPECT_FALSE(heap.release(memory.get(), page));
    EXPECT_FALSE(heap.release(static_cast<std::byte*>(all) + 1, page));
    EXPECT_FALSE(heap.release(all, SIZE_MAX));
    EXPECT_TRUE(heap.release(all, (pages - 1) * page));
    EXPECT_EQ(heap.bytes_in_use(), 0u);
}

TEST_F(HeapTest, a_released_guard_can_be_touched_again) {
    auto* const stack = static_cast<std::byte*>(heap.allocate(8 * page));
    heap.hide(stack, 8 * page);
    EXPECT_EQ(hidden.size(), 8u);
    heap.show(stack + page, 7 * page);
    EXPECT_EQ(hidden, std::set{stack});
    heap.release(stack, 8 * page);
    EXPECT_TRUE(hidden.empty());
}

TEST_F(HeapTest, what_cannot_be_hidden_stays_open) {
    may_hide = false;
    auto* const pages_of_mine = heap.allocate(2 * page);
    heap.hide(pages_of_mine, 2 * page);
    may_hide = true;
    heap.release(pages_of_mine, 2 * page);
    EXPECT_TRUE(hidden.empty());
}

// Allocations, growth and partial releases at random: pages are zero when they come, no two owners
// have the same one, and in the end all are free.
TEST_F(HeapTest, survives_random_use) {
    std::minstd_rand random(3);
    std::map<std::byte*, std::size_t> runs; // bytes
    for (int step = 0; step < 20'000; step++) {
        auto const size = (1 + random() % 12) * page;
        if (random() % 2 == 0 || runs.empty()) {
            auto* const run = static_cast<std::byte*>(heap.allocate(size));
            if (run == nullptr) continue;
            ASSERT_TRUE(zero(run, size));
            std::memset(run, 0xa5, size);
            runs[run] = size;
        } else {
            auto const it = std::next(runs.begin(), static_cast<long>(random() % runs.size()));
            auto const [run, bytes] = *it;
            if (random() % 3 == 0) {
                if (!heap.grow(run, bytes, bytes + size)) continue;
                ASSERT_TRUE(zero(run + bytes, size));
                std::memset(run + bytes, 0xa5, size);
                it->second += size;
            } else if (bytes > page && random() % 2 == 0) {
                ASSERT_TRUE(heap.release(run + page, bytes - page));
                it->second = page;
            } else {
                ASSERT_TRUE(heap.release(run, bytes));
                runs.erase(it);
            }
        }
        std::size_t sum = 0;
        std::byte* end = nullptr;
        for (auto const [run, bytes] : runs) {
            ASSERT_GE(run, end);
            end = run + bytes;
            sum += bytes;
        }
        ASSERT_EQ(heap.bytes_in_use(), sum);
    }
}

} // namespace
} // namespace runtime::libc
