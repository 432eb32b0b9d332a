#include <kernel/start/loader.hpp>

#include <formats/multiboot2.hpp>
#include <kernel/start/memory_fake.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

namespace multiboot2 = formats::multiboot2;
using multiboot2::Type;

class Multiboot2 : public testing::Test {
protected:
    static constexpr std::uint64_t at = 0x1000;

    MemoryFake memory{0x4000};
    std::uint32_t bytes = sizeof(multiboot2::Information);
    LoaderInformation found;

    template <class T> void add(T const& object) {
        memory.write(at + bytes, object);
        bytes += sizeof(T);
    }
    void align() { bytes = static_cast<std::uint32_t>(base::align_up(bytes, 8)); }
    void add_memory(std::uint32_t entry_bytes, std::uint32_t tag_bytes = 16 + 2 * 24) {
        add(multiboot2::MemoryMap{{Type::memory_map, tag_bytes}, entry_bytes, 0});
        add(multiboot2::MemoryMapEntry{0, 0x9'fc00, 1, 0});
        add(multiboot2::MemoryMapEntry{0x10'0000, 0x100'0000, 3, 0});
    }
    std::string_view read() {
        add(multiboot2::Tag{Type::end, 8});
        memory.write(at, multiboot2::Information{bytes, 0});
        return read_loader(BootProtocol::multiboot2, memory.reader(), {at}, found);
    }
};

TEST_F(Multiboot2, ReadsWhatTheKernelNeeds) {
    add_memory(24);
    add(multiboot2::Tag{Type::command_line, 12});
    add(std::array{'a', '=', '1', '\0'});
    align();
    add(multiboot2::Module{{Type::module, 16}, 0x20'0000, 0x20'3000});
    add(multiboot2::Tag{static_cast<Type>(77), 8});
    auto const root_pointer = at + bytes + 8;
    add(multiboot2::Tag{Type::rsdp_new, 8 + 40});
    bytes += 40;
    ASSERT_EQ(read(), "");
    ASSERT_EQ(found.memory.size(), 2u);
    EXPECT_EQ(found.memory[1].type, FirmwareMemory::acpi_tables);
    EXPECT_EQ(found.command_line(), "a=1");
    ASSERT_EQ(found.modules.size(), 1u);
    EXPECT_EQ(found.modules[0].bytes, 0x3000u);
    EXPECT_EQ(found.info.rsdp, root_pointer);
}

TEST_F(Multiboot2, TheMemoryMapIsNeeded) { EXPECT_NE(read(), ""); }

TEST_F(Multiboot2, EntriesMayGrowButNotShrink) {
    add_memory(8);
    EXPECT_NE(read(), "");
}

TEST_F(Multiboot2, AnEntryOfNoSizeDoesNotHangUs) {
    add_memory(0);
    EXPECT_NE(read(), "");
}

TEST_F(Multiboot2, ATagBeyondTheEndIsNoticed) {
    add_memory(24);
    add(multiboot2::Tag{Type::module, 0x1000});
    EXPECT_NE(read(), "");
}

TEST_F(Multiboot2, ATagOfNoSizeIsNoticed) {
    add_memory(24);
    add(multiboot2::Tag{Type::module, 0});
    EXPECT_NE(read(), "");
}

TEST_F(Multiboot2, AModuleThatEndsBeforeItBeginsIsNoticed) {
    add_memory(24);
    add(multiboot2::Module{{Type::module, 16}, 0x20'3000, 0x20'0000});
    EXPECT_NE(read(), "");
}

TEST_F(Multiboot2, EveryCutIsNoticed) {
    add_memory(24);
    add(multiboot2::Module{{Type::module, 16}, 0x20'0000, 0x20'3000});
    ASSERT_EQ(read(), "");
    for (std::uint32_t cut = 0; cut < bytes; cut++) {
        memory.write(at, multiboot2::Information{cut, 0});
        LoaderInformation into;
        EXPECT_NE(read_multiboot2(memory.reader(), {at}, into), "") << cut;
    }
}

} // namespace
} // namespace kernel
