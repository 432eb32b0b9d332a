#include <servers/linux/fs/pages/file_contents.hpp>

#include <servers/linux/fs/testing/environment.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace personality::testing {
namespace {

class Contents : public ::testing::Test {
protected:
    Ram ram{1024};
    PageQuota quota;
    SmallMemory memory{ram.pool};
    Ref<FileContents> file = FileContents::create(memory, ram.pool, quota);

    bool write(std::uint64_t offset, std::string_view text) {
        while (!text.empty()) {
            auto const room = file->room(offset, text.size());
            if (!room) return false;
            std::memcpy(room->data(), text.data(), room->size());
            offset += room->size();
            text.remove_prefix(room->size());
            file->wrote(offset);
        }
        return true;
    }
    std::string read(std::uint64_t offset, std::size_t most) {
        std::string text;
        while (text.size() < most) {
            auto const piece = file->view(offset + text.size(), most - text.size());
            if (piece.empty()) break;
            text.append(reinterpret_cast<char const*>(piece.data()), piece.size());
        }
        return text;
    }
};

TEST_F(Contents, ReadsWhatWasWritten) {
    EXPECT_TRUE(write(0, "hello"));
    EXPECT_TRUE(write(4094, "across a page"));
    EXPECT_EQ(file->size(), 4107u);
    EXPECT_EQ(read(0, 5), "hello");
    EXPECT_EQ(read(4090, 100), std::string(4, '\0') + "across a page");
    EXPECT_EQ(read(5000, 1), "");
}

TEST_F(Contents, TakesNoMemoryForHoles) {
    auto const before = ram.pool.free();
    EXPECT_TRUE(write(std::uint64_t{1} << 40, "far"));
    EXPECT_LT(before - ram.pool.free(), 8u);
    EXPECT_EQ(file->pages(), 1u);
    EXPECT_EQ(read(12345, 3), std::string(3, '\0'));
    EXPECT_EQ(*file->next_data(0), std::uint64_t{1} << 40);
    EXPECT_EQ(*file->next_hole(0), 0u);
    EXPECT_EQ(*file->next_hole(std::uint64_t{1} << 40), file->size());
    EXPECT_EQ(file->next_data(file->size()).error(), Errno::nxio);
    file = nullptr;
    EXPECT_EQ(ram.pool.free(), before + 1); // its own bytes, too
    EXPECT_EQ(quota.used, 0u);
}

TEST_F(Contents, ForgetsWhatWasCutOff) {
    EXPECT_TRUE(write(0, std::string(10'000, 'x')));
    ASSERT_TRUE(file->resize(5000));
    EXPECT_EQ(file->pages(), 2u);
    ASSERT_TRUE(file->resize(9000));
    EXPECT_EQ(read(4998, 4), std::string("xx") + std::string(2, '\0'));
    EXPECT_EQ(read(8999, 10), std::string(1, '\0'));
    ASSERT_TRUE(file->resize(0));
    EXPECT_EQ(file->pages(), 0u);
}

TEST_F(Contents, PunchesHoles) {
    EXPECT_TRUE(write(0, std::string(20'000, 'x')));
    ASSERT_TRUE(file->punch(100, 12'388));
    EXPECT_EQ(file->pages(), 3u);
    EXPECT_EQ(read(99, 3), std::string("x") + std::string(2, '\0'));
    EXPECT_EQ(read(12'387, 2), std::string(1, '\0') + "x");
    EXPECT_EQ(*file->next_data(4096), 12'288u);
    EXPECT_EQ(*file->next_hole(0), 4096u);
    EXPECT_EQ(file->size(), 20'000u);
}

TEST_F(Contents, HoldsToItsQuotaAndToMemory) {
    quota.limit = 2;
    EXPECT_TRUE(write(0, std::string(8192, 'x')));
    EXPECT_EQ(file->room(8192, 1).error(), Errno::nospc);
    quota.limit = ~std::uint64_t{0};
    std::uint64_t offset = 8192;
    while (auto const room = file->room(offset, 4096)) offset += room->size();
    EXPECT_EQ(file->room(offset, 1).error(), Errno::nomem);
    EXPECT_EQ(ram.pool.free(), 0u);
    file = nullptr;
    EXPECT_GT(ram.pool.free(), 1000u);
}

TEST_F(Contents, GivesPagesToMappings) {
    EXPECT_TRUE(write(0, "mapped"));
    auto const frame = file->page(0, false);
    ASSERT_TRUE(frame);
    EXPECT_EQ(std::memcmp(ram.pool.bytes(*frame), "mapped", 6), 0);
    std::memcpy(ram.pool.bytes(*frame), "shared", 6);
    EXPECT_EQ(read(0, 6), "shared");
    EXPECT_EQ(file->page(1, false).error(), Errno::fault); // behind the end
    ASSERT_TRUE(file->resize(10'000));
    EXPECT_FALSE(file->page_if_present(2));
    ASSERT_TRUE(file->page(2, false));
    EXPECT_TRUE(file->page_if_present(2));
}

class Archived : public Contents {
protected:
    std::byte* bytes = static_cast<std::byte*>(std::aligned_alloc(4096, 4 * 4096));
    Archived() {
        std::memset(bytes, 'a', 10'000);
        std::memset(bytes + 10'000, 0, 4 * 4096 - 10'000);
        auto const first = ram.pool.add_archive({bytes, 4 * 4096}, 2);
        file = FileContents::create(memory, ram.pool, quota, *first, std::uint64_t{10'000});
    }
    ~Archived() override {
        file = nullptr;
        std::free(bytes);
    }
};

TEST_F(Archived, IsReadInPlaceAndCopiedWhenWritten) {
    auto const before = ram.pool.free();
    EXPECT_EQ(read(0, 20'000), std::string(10'000, 'a'));
    EXPECT_EQ(ram.pool.bytes(*file->page(1, false)), bytes + 4096);
    EXPECT_EQ(ram.pool.free(), before);
    EXPECT_TRUE(write(5000, "b"));
    EXPECT_EQ(read(4999, 3), "aba");
    EXPECT_EQ(bytes[5000], std::byte{'a'});
    EXPECT_NE(ram.pool.bytes(*file->page(1, false)), bytes + 4096);
    EXPECT_NE(ram.pool.bytes(*file->page(0, true)), bytes);
    EXPECT_EQ(read(0, 4), "aaaa");
}

TEST_F(Archived, ShowsZerosBehindACut) {
    ASSERT_TRUE(file->resize(6000));
    ASSERT_TRUE(file->resize(9000));
    EXPECT_EQ(read(5999, 3), std::string("a") + std::string(2, '\0'));
    auto const frame = file->page(1, false);
    ASSERT_TRUE(frame);
    EXPECT_EQ(ram.pool.bytes(*frame)[6000 - 4096], std::byte{0});
    EXPECT_EQ(ram.pool.bytes(*frame)[5999 - 4096], std::byte{'a'});
    EXPECT_EQ(bytes[6000], std::byte{'a'});
    ASSERT_TRUE(file->punch(0, 4096));
    EXPECT_EQ(read(4095, 2), std::string(1, '\0') + "a");
}

TEST_F(Archived, GrowsBehindItsEnd) {
    EXPECT_TRUE(write(12'000, "end"));
    EXPECT_EQ(read(9999, 3), std::string("a") + std::string(2, '\0'));
    EXPECT_EQ(read(12'000, 3), "end");
    EXPECT_EQ(file->size(), 12'003u);
}

/// Random operations on a file and on a string, which must agree.
TEST_F(Contents, AgreesWithAPlainModel) {
    std::mt19937 random(7);
    std::string model;
    for (int step = 0; step < 3000; step++) {
        auto const at = random() % 60'000;
        auto const count = random() % 9000;
        switch (random() % 5) {
        case 0:
        case 1: {
            std::string const text(count, static_cast<char>('a' + step % 26));
            if (model.size() < at + count) model.resize(at + count);
            model.replace(at, count, text);
            ASSERT_TRUE(write(at, text));
            if (count == 0) model.resize(file->size());
            break;
        }
        case 2:
            model.resize(at);
            ASSERT_TRUE(file->resize(at));
            break;
        case 3:
            for (auto i = at; i < at + count && i < model.size(); i++) model[i] = '\0';
            ASSERT_TRUE(file->punch(at, at + count));
            break;
        default: ASSERT_EQ(read(at, count), at < model.size() ? model.substr(at, count) : "");
        }
        ASSERT_EQ(file->size(), model.size()) << step;
    }
    EXPECT_EQ(read(0, model.size()), model);
    auto const total = ram.pool.total();
    file = nullptr;
    EXPECT_EQ(ram.pool.free(), total);
}

} // namespace
} // namespace personality::testing
