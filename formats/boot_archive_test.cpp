#include <formats/boot_archive.hpp>

#include <abi/memory.hpp>

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace boot_archive;
using abi::archive::Entry;
using abi::archive::Header;

namespace {

/// An archive of one page of tables and one of data, to be bent by the tests.
struct Sample {
    std::vector<Entry> entries;
    std::string names;
    Header header{};

    Sample() {
        header.magic = abi::archive::magic;
        header.version = abi::archive::version;
        header.bytes = 2 * abi::page_bytes;
        header.entries_offset = sizeof(Header);
        add(Type::program, "uart", "\177ELF");
        add(Type::folder, "/bin", "");
        add(Type::file, "/bin/busybox", "data");
        add(Type::symlink, "/bin/sh", "busybox");
    }

    Entry& add(Type type, std::string_view name, std::string_view data) {
        Entry entry{};
        entry.type = type;
        entry.mode = 0755;
        entry.name_offset = names.size();
        entry.name_bytes = name.size();
        entry.data_offset = abi::page_bytes;
        entry.data_bytes = data.size();
        names += name;
        entries.push_back(entry);
        return entries.back();
    }

    std::vector<std::byte> bytes() {
        std::vector<std::byte> all(2 * abi::page_bytes);
        header.entries = static_cast<std::uint32_t>(entries.size());
        header.names_offset = sizeof(Header) + entries.size() * sizeof(Entry);
        header.names_bytes = names.size();
        std::memcpy(all.data(), &header, sizeof header);
        std::memcpy(&all[sizeof header], entries.data(), entries.size() * sizeof(Entry));
        std::memcpy(&all[header.names_offset], names.data(), names.size());
        std::memset(&all[abi::page_bytes], 'x', 64);
        return all;
    }

    std::optional<Problem> problem() {
        auto const all = bytes();
        auto const archive = Archive::open(all);
        return archive ? std::nullopt : std::optional(archive.error());
    }
};

std::optional<Problem> with_entry(auto change) {
    Sample sample;
    change(sample.entries[2]);
    return sample.problem();
}

std::optional<Problem> with_name(Type type, std::string_view name) {
    Sample sample;
    sample.add(type, name, type == Type::file ? "data" : "");
    return sample.problem();
}

} // namespace

TEST(BootArchive, AnHonestArchiveIsRead) {
    auto const all = Sample{}.bytes();
    auto const archive = Archive::open(all);
    ASSERT_TRUE(archive) << explain(archive.error());
    ASSERT_EQ(archive->size(), 4u);
    EXPECT_EQ((*archive)[2].name, "/bin/busybox");
    EXPECT_EQ((*archive)[2].data.size(), 4u);
    EXPECT_EQ((*archive)[2].offset, abi::page_bytes);
    EXPECT_EQ((*archive)[3].text(), "xxxxxxx");
    EXPECT_TRUE(archive->find(Type::program, "uart"));
    EXPECT_FALSE(archive->find(Type::file, "uart"));
}

TEST(BootArchive, ArchivesFollowOneAnother) {
    auto module = Sample{}.bytes();
    auto const first = module;
    module.insert(module.end(), first.begin(), first.end());
    module.resize(module.size() + 4096); // padding
    auto archive = Archive::open(module);
    ASSERT_TRUE(archive);
    auto rest = tail(module, *archive);
    archive = Archive::open(rest);
    ASSERT_TRUE(archive);
    rest = tail(rest, *archive);
    EXPECT_TRUE(rest.empty());
}

TEST(BootArchive, EveryTruncationIsAnError) {
    auto const all = Sample{}.bytes();
    for (std::size_t size = 0; size < all.size(); size += 7) {
        std::vector<std::byte> const cut(all.begin(), all.begin() + static_cast<long>(size));
        EXPECT_FALSE(Archive::open(cut)) << size;
    }
}

TEST(BootArchive, LyingHeaders) {
    auto const bent = [](auto change) {
        Sample sample;
        auto all = sample.bytes();
        Header header;
        std::memcpy(&header, all.data(), sizeof header);
        change(header);
        std::memcpy(all.data(), &header, sizeof header);
        auto const archive = Archive::open(all);
        return archive ? std::nullopt : std::optional(archive.error());
    };
    EXPECT_EQ(bent([](Header& h) { h.magic++; }), Problem::not_an_archive);
    EXPECT_EQ(bent([](Header& h) { h.version++; }), Problem::wrong_version);
    EXPECT_EQ(bent([](Header& h) { h.bytes--; }), Problem::bad_size);
    EXPECT_EQ(bent([](Header& h) { h.bytes += 4096; }), Problem::bad_size);
    EXPECT_EQ(bent([](Header& h) { h.bytes = 0; }), Problem::bad_size);
    EXPECT_EQ(bent([](Header& h) { h.entries = 0xffffffff; }), Problem::misplaced_entries);
    EXPECT_EQ(bent([](Header& h) { h.entries_offset = ~0ull; }), Problem::misplaced_entries);
    EXPECT_EQ(bent([](Header& h) { h.names_offset = ~0ull; }), Problem::misplaced_names);
    EXPECT_EQ(bent([](Header& h) { h.names_bytes = ~0ull; }), Problem::misplaced_names);
    EXPECT_EQ(bent([](Header& h) { h.init_segments = 9; }), Problem::bad_init_segment);
    EXPECT_EQ(
        bent([](Header& h) { h.init_segments = 1, h.init[0] = {~0ull & ~4095ull, 0, 4096, 1, 0}; }),
        Problem::bad_init_segment);
    EXPECT_EQ(
        bent([](Header& h) { h.init_segments = 1, h.init[0] = {0, abi::user_end, 4096, 1, 0}; }),
        Problem::bad_init_segment);
    EXPECT_EQ(bent([](Header& h) { h.init_segments = 1, h.init[0] = {8, 0, 4096, 1, 0}; }),
              Problem::bad_init_segment);
}

TEST(BootArchive, LyingEntries) {
    EXPECT_EQ(with_entry([](Entry& e) { e.type = Type{99}; }), Problem::unknown_entry_type);
    EXPECT_EQ(with_entry([](Entry& e) { e.mode = 0100755; }), Problem::bad_mode);
    EXPECT_EQ(with_entry([](Entry& e) { e.name_offset = ~0ull; }), Problem::bad_name);
    EXPECT_EQ(with_entry([](Entry& e) { e.name_bytes = 1000; }), Problem::bad_name);
    EXPECT_EQ(with_entry([](Entry& e) { e.data_offset = ~0ull & ~4095ull; }), Problem::bad_data);
    EXPECT_EQ(with_entry([](Entry& e) { e.data_bytes = 4097; }), Problem::bad_data);
    EXPECT_EQ(with_entry([](Entry& e) { e.data_offset = 4104; }), Problem::bad_data);
    EXPECT_EQ(with_entry([](Entry& e) { e.type = Type::folder; }), Problem::bad_data);
    EXPECT_EQ(with_entry([](Entry& e) { e.type = Type::hard_link; }), Problem::bad_data);
    EXPECT_EQ(with_entry([](Entry& e) { e.type = Type::character_device; }), Problem::bad_data);
    EXPECT_EQ(with_entry([](Entry& e) {
                  e.type = Type::block_device, e.data_bytes = 0, e.device_major = 4096;
              }),
              Problem::bad_device);
}

TEST(BootArchive, OnlyPlainPathsNameTheFileTree) {
    for (char const* good : {"/", "/a", "/a/b", "/...", "/a.b/.c"})
        EXPECT_EQ(with_name(Type::folder, good), std::nullopt) << good;
    for (char const* bad : {"", "a", "a/b", "//", "/a/", "/a//b", "/.", "/..", "/a/../b", "/a/."})
        EXPECT_EQ(with_name(Type::folder, bad), Problem::bad_name) << bad;
    EXPECT_EQ(with_name(Type::folder, std::string_view("/a\0b", 4)), Problem::bad_name);
    EXPECT_EQ(with_name(Type::folder, "/" + std::string(256, 'a')), Problem::bad_name);
}

TEST(BootArchive, EveryProblemIsExplained) {
    for (std::uint32_t i = 0; i <= static_cast<std::uint32_t>(Problem::bad_device); i++)
        EXPECT_NE(explain(Problem{i}), "unknown problem") << i;
}
