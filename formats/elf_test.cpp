#include <formats/elf.hpp>

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

using namespace elf;

namespace {

struct Entry {
    std::uint32_t type, flags;
    std::uint64_t offset, address, physical, file_bytes, memory_bytes, alignment;
};

/// A small honest program of two segments, to be bent by the tests.
struct Sample {
    std::vector<Entry> entries{
        {1, 5, 0, 0x200000, 0x200000, 0x1800, 0x1800, 0x1000},
        {1, 6, 0x1800, 0x202800, 0x202800, 0x800, 0x2000, 0x1000},
    };
    std::uint64_t entry = 0x200400;
    std::uint16_t type = 2;
    std::size_t size = 0x2000;
    std::uint64_t table = 64;

    std::vector<std::byte> bytes() const {
        std::vector<std::byte> file(size);
        auto const put = [&](std::size_t at, auto value) {
            std::memcpy(&file.at(at), &value, sizeof value);
        };
        std::memcpy(file.data(), "\177ELF\2\1\1", 7);
        put(16, type);
        put(18, std::uint16_t{62});
        put(20, std::uint32_t{1});
        put(24, entry);
        put(32, table);
        put(52, std::uint16_t{64});
        put(54, std::uint16_t{56});
        put(56, static_cast<std::uint16_t>(entries.size()));
        for (std::size_t i = 0; i < entries.size(); i++)
            if (table + (i + 1) * 56 <= size)
                std::memcpy(&file.at(table + i * 56), &entries[i], sizeof(Entry));
        return file;
    }
    Result<Layout> layout() const {
        auto const file = bytes();
        return parse(file);
    }
    Problem problem() const {
        auto const result = layout();
        return result ? Problem{999} : result.error();
    }
};

std::vector<std::byte> contents(char const* path) {
    std::ifstream file(path, std::ios::binary);
    std::string const text(std::istreambuf_iterator<char>(file), {});
    auto const* first = reinterpret_cast<std::byte const*>(text.data());
    return {first, first + text.size()};
}

} // namespace

TEST(Elf, AnHonestProgramIsLaidOut) {
    auto const layout = Sample{}.layout();
    ASSERT_TRUE(layout);
    ASSERT_EQ(layout->segments, 2u);
    EXPECT_EQ(layout->segment[0].protection, abi::Protection::read_execute);
    EXPECT_EQ(layout->segment[1].protection, abi::Protection::read_write);
    EXPECT_EQ(layout->segment[1].first_page(), 0x202000u);
    EXPECT_EQ(layout->segment[1].pages(), 3u);
    EXPECT_EQ(layout->lowest(), 0x200000u);
    EXPECT_EQ(layout->highest(), 0x205000u);
    EXPECT_EQ(layout->headers_address, 0x200040u);
    EXPECT_FALSE(layout->executable_stack);
}

TEST(Elf, ASegmentThatEndsOnThePageAfterItsFirst) {
    Sample sample;
    sample.entries[1].memory_bytes = 0x801; // one byte beyond 0x203000
    auto const layout = sample.layout();
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->segment[1].pages(), 2u);
}

TEST(Elf, EverySingleTruncationIsAnErrorOrStillWithinTheFile) {
    auto const file = Sample{}.bytes();
    for (std::size_t size = 0; size < file.size(); size++) {
        std::vector<std::byte> const cut(file.begin(), file.begin() + static_cast<long>(size));
        EXPECT_FALSE(parse(cut)) << size;
    }
}

TEST(Elf, LyingHeaders) {
    auto const bent = [](std::size_t at, std::uint8_t value) {
        auto file = Sample{}.bytes();
        file[at] = std::byte{value};
        auto const result = parse(file);
        return result ? Problem{999} : result.error();
    };
    EXPECT_EQ(bent(0, 0), Problem::not_elf);
    EXPECT_EQ(bent(4, 1), Problem::not_64_bit);
    EXPECT_EQ(bent(5, 2), Problem::not_little_endian);
    EXPECT_EQ(bent(6, 0), Problem::wrong_version);
    EXPECT_EQ(bent(16, 1), Problem::not_executable);
    EXPECT_EQ(bent(16, 4), Problem::not_executable);
    EXPECT_EQ(bent(18, 40), Problem::not_x86_64);
    EXPECT_EQ(bent(54, 32), Problem::wrong_header_size);
    EXPECT_EQ(bent(56, 0), Problem::no_program_headers);
    EXPECT_EQ(bent(57, 0xff), Problem::too_many_program_headers);
    EXPECT_EQ(bent(39, 0xff), Problem::headers_outside_file);
}

TEST(Elf, LyingSegments) {
    auto const bent = [](auto change) {
        Sample sample;
        change(sample.entries[1]);
        return sample.problem();
    };
    EXPECT_EQ(bent([](Entry& e) { e.file_bytes = 0x2001; }), Problem::segment_shrinks);
    EXPECT_EQ(bent([](Entry& e) { e.file_bytes = 0x801; }), Problem::segment_outside_file);
    EXPECT_EQ(bent([](Entry& e) { e.offset = ~0ull - 0x7ff; }), Problem::segment_outside_file);
    EXPECT_EQ(bent([](Entry& e) { e.memory_bytes = ~0ull; }), Problem::segment_outside_memory);
    EXPECT_EQ(bent([](Entry& e) { e.address = ~0ull - 0x7ff; }), Problem::segment_outside_memory);
    EXPECT_EQ(bent([](Entry& e) { e.address = abi::user_end - 0x800; }),
              Problem::segment_outside_memory);
    EXPECT_EQ(bent([](Entry& e) { e.address += 0x100; }), Problem::segment_misaligned);
    EXPECT_EQ(bent([](Entry& e) { e.alignment = 0x3000; }), Problem::bad_alignment);
    EXPECT_EQ(bent([](Entry& e) { e.alignment = 1ull << 63; }), Problem::bad_alignment);
    EXPECT_EQ(bent([](Entry& e) { e.address = 0x201800; }), Problem::segments_overlap);
    EXPECT_EQ(bent([](Entry& e) { e.address = 0x100800; }), Problem::segments_overlap);
    EXPECT_EQ(bent([](Entry& e) { e.flags = 7; }), Problem::write_and_execute);
}

TEST(Elf, AnEntryPointOutsideCode) {
    Sample sample;
    for (std::uint64_t const entry : {0ull, 0x1fffffull, 0x201800ull, 0x202800ull, ~0ull}) {
        sample.entry = entry;
        EXPECT_EQ(sample.problem(), Problem::entry_outside_code) << entry;
    }
}

TEST(Elf, NothingToLoad) {
    Sample sample;
    sample.entries = {{4, 4, 0, 0, 0, 16, 16, 1}};
    EXPECT_EQ(sample.problem(), Problem::no_segments);
    sample.entries = {{1, 5, 0, 0x200000, 0, 0, 0, 1}};
    EXPECT_EQ(sample.problem(), Problem::no_segments);
}

TEST(Elf, TooManySegments) {
    Sample sample;
    sample.entries.clear();
    for (std::uint64_t i = 0; i < 33; i++)
        sample.entries.push_back({1, 5, 0, 0x200000 + i * 0x2000, 0, 0x1000, 0x1000, 0x1000});
    EXPECT_EQ(sample.problem(), Problem::too_many_segments);
}

TEST(Elf, Interpreter) {
    Sample sample;
    sample.entries.push_back({3, 4, 0x1900, 0, 0, 28, 28, 1});
    auto const layout = sample.layout();
    ASSERT_TRUE(layout && layout->interpreter);
    EXPECT_EQ(layout->interpreter->first, 0x1900u);
    sample.entries[2].file_bytes = 1;
    EXPECT_EQ(sample.problem(), Problem::bad_interpreter);
    sample.entries[2].file_bytes = 0x701;
    EXPECT_EQ(sample.problem(), Problem::bad_interpreter);
    sample.entries[2].file_bytes = 28;
    sample.entries.push_back(sample.entries[2]);
    EXPECT_EQ(sample.problem(), Problem::interpreter_twice);
}

TEST(Elf, InterpreterPathIsOneString) {
    auto const path = [](std::string_view text) {
        return interpreter_path(std::as_bytes(std::span(text)));
    };
    using namespace std::literals;
    EXPECT_EQ(path("/lib/ld.so\0"sv).value_or("refused"), "/lib/ld.so");
    EXPECT_FALSE(path("/lib/ld.so"sv));
    EXPECT_FALSE(path("/lib\0/ld.so\0"sv));
    EXPECT_FALSE(path("\0"sv));
    EXPECT_FALSE(path(""sv));
}

TEST(Elf, ThreadLocalStorageMustBeLoaded) {
    Sample sample;
    sample.entries.push_back({7, 4, 0x1900, 0x202900, 0, 0x10, 0x20, 8});
    auto const layout = sample.layout();
    ASSERT_TRUE(layout && layout->tls);
    EXPECT_EQ(layout->tls->memory_bytes, 0x20u);
    for (auto const change : std::initializer_list<void (*)(Entry&)>{
             [](Entry& e) { e.file_bytes = 0x21; }, [](Entry& e) { e.alignment = 3; },
             [](Entry& e) { e.address = 0x100000; }, [](Entry& e) { e.address = ~0ull; },
             [](Entry& e) { e.memory_bytes = ~0ull; }}) {
        Sample lying = sample;
        change(lying.entries[2]);
        EXPECT_EQ(lying.problem(), Problem::bad_tls);
    }
}

TEST(Elf, ProtectedRangeMayEndWithItsLastPage) {
    Sample sample;
    sample.entries.push_back({0x6474e552, 4, 0x1800, 0x202800, 0, 0x800, 0x2800, 1});
    EXPECT_TRUE(sample.layout());
    sample.entries[2].memory_bytes = 0x2801;
    EXPECT_EQ(sample.problem(), Problem::bad_relro);
    sample.entries[2].address = ~0ull - 0x10;
    EXPECT_EQ(sample.problem(), Problem::bad_relro);
}

TEST(Elf, HeadersMustBeWhereTheyAreSaidToBe) {
    Sample sample;
    sample.entries.push_back({6, 4, 64, 0x200040, 0, 168, 168, 8});
    EXPECT_TRUE(sample.layout());
    sample.entries[2].address = 0x200048;
    EXPECT_EQ(sample.problem(), Problem::bad_header_address);
}

TEST(Elf, AnExecutableStackIsNoticed) {
    Sample sample;
    sample.entries.push_back({0x6474e551, 7, 0, 0, 0, 0, 0, 16});
    ASSERT_TRUE(sample.layout());
    EXPECT_TRUE(sample.layout()->executable_stack);
}

TEST(Elf, RealProgramsOfThisMachine) {
    for (char const* path : {"/bin/busybox", "/bin/ls", "/lib64/ld-linux-x86-64.so.2"}) {
        auto const file = contents(path);
        if (file.empty()) continue;
        auto const layout = parse(file);
        EXPECT_TRUE(layout) << path << ": " << explain(layout.error());
    }
}

TEST(Elf, EveryProblemIsExplained) {
    for (std::uint32_t i = 0; i <= static_cast<std::uint32_t>(Problem::bad_header_address); i++)
        EXPECT_NE(explain(Problem{i}), "unknown problem") << i;
}
