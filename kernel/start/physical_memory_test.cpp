#include <kernel/start/physical_memory.hpp>

#include <formats/pvh.hpp>
#include <kernel/start/memory_fake.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;
constexpr KernelImage image{{mib}, {2 * mib}};

class PhysicalMemory : public testing::Test {
protected:
    BootDescription boot;

    void firmware(std::uint64_t begin, std::uint64_t bytes, FirmwareMemory type) {
        ASSERT_TRUE(boot.loader.memory.push_back({{begin}, bytes, type}));
    }
    void module(std::uint64_t begin, std::uint64_t bytes) {
        ASSERT_TRUE(boot.loader.modules.push_back({{begin}, bytes}));
    }
    /// A PC with 6 GiB.
    void SetUp() override {
        firmware(0, 0x9'fc00, FirmwareMemory::usable);
        firmware(0x9'fc00, 0x400, FirmwareMemory::reserved);
        firmware(mib, 2 * gib - mib, FirmwareMemory::usable);
        firmware(2 * gib - mib, mib, FirmwareMemory::acpi_tables);
        firmware(0xb000'0000, 256 * mib, FirmwareMemory::reserved);
        firmware(4 * gib, 4 * gib, FirmwareMemory::usable);
    }
    std::string_view run() { return describe(boot, {1024 * gib}, {512 * gib}, image); }
};

TEST_F(PhysicalMemory, EveryPageHasItsUse) {
    module(gib + 5, 3 * mib);
    ASSERT_EQ(run(), "");
    EXPECT_TRUE(boot.memory.all({0}, {0x9'f000}, MemoryUse::kernel)) << "low memory";
    EXPECT_TRUE(boot.memory.all(image.begin, image.end, MemoryUse::kernel));
    EXPECT_TRUE(boot.memory.all({gib}, {gib + 3 * mib + 4096}, MemoryUse::module));
    EXPECT_TRUE(boot.memory.all({2 * gib - mib}, {2 * gib}, MemoryUse::firmware));
    EXPECT_TRUE(boot.memory.all({2 * gib}, {4 * gib}, MemoryUse::device)) << "PCI, reserved or not";
    EXPECT_TRUE(boot.memory.all({4 * gib}, {8 * gib}, MemoryUse::usable));
    EXPECT_TRUE(boot.memory.all({8 * gib}, {1024 * gib}, MemoryUse::device));
}

TEST_F(PhysicalMemory, WhereEntriesOverlapTheMoreCarefulWins) {
    firmware(gib, mib, FirmwareMemory::acpi_storage);
    firmware(gib - mib, 3 * mib, FirmwareMemory::usable);
    module(16 * mib, mib);
    ASSERT_EQ(run(), "");
    EXPECT_TRUE(boot.memory.all({gib}, {gib + mib}, MemoryUse::firmware));
}

TEST_F(PhysicalMemory, AbsurdEntriesAreClipped) {
    firmware(~std::uint64_t{0} - 4095, ~std::uint64_t{0}, FirmwareMemory::usable);
    firmware(900 * gib, ~std::uint64_t{0}, FirmwareMemory::reserved);
    firmware(500 * gib, 100 * gib, FirmwareMemory::usable);
    module(16 * mib, mib);
    ASSERT_EQ(run(), "");
    EXPECT_TRUE(boot.memory.all({500 * gib}, {512 * gib}, MemoryUse::usable));
    EXPECT_TRUE(boot.memory.all({512 * gib}, {1024 * gib}, MemoryUse::device)) << "out of reach";
}

TEST_F(PhysicalMemory, WithoutModuleThereIsNoBeginning) {
    EXPECT_NE(run().find("no boot image"), std::string_view::npos);
}

TEST_F(PhysicalMemory, AModuleMustLieInFreeMemory) {
    for (auto const [begin, bytes] :
         {std::pair{mib, mib},                   // over the kernel
          std::pair{3 * gib, mib},               // where nothing is
          std::pair{2 * gib - 2 * mib, 2 * mib}, // into the tables
          std::pair{16 * mib, std::uint64_t{0}}, std::pair{16 * mib, ~std::uint64_t{0}},
          std::pair{~std::uint64_t{0}, mib}}) {
        boot.loader.modules.clear();
        module(begin, bytes);
        EXPECT_NE(run(), "") << begin << " " << bytes;
    }
}

TEST_F(PhysicalMemory, TwoModulesMayNotOverlap) {
    module(16 * mib, 2 * mib);
    module(17 * mib, 2 * mib);
    EXPECT_NE(run(), "");
}

TEST_F(PhysicalMemory, TheKernelMustLieInFreeMemory) {
    firmware(mib + 4096, 4096, FirmwareMemory::reserved);
    module(16 * mib, mib);
    EXPECT_NE(run(), "");
}

TEST(Pvh, IsReadWithinBounds) {
    namespace pvh = formats::pvh;
    MemoryFake memory{0x8000};
    pvh::StartInfo info{};
    info.magic = pvh::magic;
    info.version = 1;
    info.modules = 1;
    info.module_list = 0x2000;
    info.command_line = 0x3000;
    info.memory_map = 0x4000;
    info.memory_map_entries = 2;
    memory.write(0x1000, info);
    memory.write(0x2000, pvh::Module{0x10'0000, 12345, 0, 0});
    memory.write(0x3000, std::array{'a', '=', '1'});
    memory.write(0x4000, pvh::MemoryMapEntry{0, 0x8000, 1, 0});
    memory.write(0x4018, pvh::MemoryMapEntry{0x10000, 0x8000, 2, 0});

    LoaderInformation good;
    ASSERT_EQ(read_loader(BootProtocol::pvh, memory.reader(), {0x1000}, good), "");
    EXPECT_EQ(good.command_line(), "a=1");
    EXPECT_EQ(good.memory.size(), 2u);
    EXPECT_EQ(good.modules[0].bytes, 12345u);

    auto const bad = [&](auto change) {
        auto copy = info;
        change(copy);
        memory.write(0x1000, copy);
        LoaderInformation into;
        return !read_loader(BootProtocol::pvh, memory.reader(), {0x1000}, into).empty();
    };
    EXPECT_TRUE(bad([](auto& i) { i.magic = 0; }));
    EXPECT_TRUE(bad([](auto& i) { i.version = 0; }));
    EXPECT_TRUE(bad([](auto& i) { i.memory_map = 0x7fff; }));
    EXPECT_TRUE(bad([](auto& i) { i.memory_map = ~std::uint64_t{0} - 8; }));
    EXPECT_TRUE(bad([](auto& i) { i.memory_map_entries = ~0u; }));
    EXPECT_TRUE(bad([](auto& i) { i.modules = ~0u; }));
    EXPECT_TRUE(bad([](auto& i) { i.module_list = 0x7ff0; }));
}

TEST(Pvh, ACommandLineIsCutAtTheEndOfMemoryAndOfRoom) {
    MemoryFake memory{0x8000};
    std::memset(memory.bytes().data(), 'x', memory.bytes().size());
    LoaderInformation into;
    into.set_command_line(memory.reader(), {0x8000 - 10});
    EXPECT_EQ(into.command_line(), "xxxxxxxxxx");
    into.set_command_line(memory.reader(), {0});
    EXPECT_EQ(into.command_line().size(), sizeof into.info.command_line);
}

} // namespace
} // namespace kernel
