#include <kernel/start/acpi.hpp>

#include <formats/acpi.hpp>
#include <kernel/start/interrupt_topology.hpp>
#include <kernel/start/memory_fake.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

namespace acpi = formats::acpi;
namespace madt = formats::acpi::madt;

constexpr std::uint64_t rsdp_at = 0xf'0000;
constexpr std::uint64_t list_at = 0x1'0000;
constexpr std::uint64_t fadt_at = 0x1'1000;
constexpr std::uint64_t madt_at = 0x1'2000;
constexpr std::uint64_t dsdt_at = 0x1'3000;

/// A machine like QEMU's q35: two processors, one I/O APIC, and entries that nobody reads.
class Acpi : public testing::Test {
protected:
    MemoryFake memory;
    std::uint32_t madt_bytes = sizeof(acpi::Madt);

    void SetUp() override {
        add_madt(madt::LocalApic{{madt::Type::local_apic, 8}, 0, 0, 1});
        add_madt(madt::LocalApic{{madt::Type::local_apic, 8}, 1, 4, 1});
        add_madt(madt::LocalApic{{madt::Type::local_apic, 8}, 2, 5, 0});
        add_madt(madt::IoApic{{madt::Type::io_apic, 12}, 0, 0, 0xfec0'0000, 0});
        add_madt(madt::SourceOverride{{madt::Type::source_override, 10}, 0, 0, 2, 0});
        add_madt(madt::SourceOverride{{madt::Type::source_override, 10}, 0, 9, 9, 0x000f});
        seal_madt();
        memory.write(fadt_at + acpi::fadt::dsdt, std::uint32_t{dsdt_at});
        memory.write(fadt_at + acpi::fadt::pm1a_control, std::uint32_t{0x604});
        memory.write(fadt_at + acpi::fadt::century, std::uint8_t{0x32});
        seal(fadt_at, "FACP", 244);
        seal(dsdt_at, "DSDT", 100);
        write_lists(false);
    }

    template <class Entry> void add_madt(Entry const& entry) {
        memory.write(madt_at + madt_bytes, entry);
        madt_bytes += sizeof(Entry);
    }
    void seal_madt() {
        memory.write(madt_at + sizeof(acpi::Header), std::uint32_t{0xfee0'0000});
        seal(madt_at, "APIC", madt_bytes);
    }

    void seal(std::uint64_t at, char const (&name)[5], std::uint32_t bytes) {
        acpi::Header header{};
        header.signature = acpi::signature(name);
        header.bytes = bytes;
        memory.write(at, header);
        memory.make_sum(at, bytes, at + offsetof(acpi::Header, checksum));
    }

    void write_lists(bool wide) {
        std::uint64_t const tables[] = {fadt_at, madt_at, 0x9'9999'9999};
        std::uint64_t place = list_at + sizeof(acpi::Header);
        for (std::uint64_t const table : tables) {
            if (wide)
                memory.write(place, table);
            else
                memory.write(place, static_cast<std::uint32_t>(table));
            place += wide ? 8 : 4;
        }
        auto const bytes = static_cast<std::uint32_t>(place - list_at);
        if (wide)
            seal(list_at, "XSDT", bytes);
        else
            seal(list_at, "RSDT", bytes);

        acpi::Rsdp rsdp{};
        rsdp.signature = acpi::rsdp_signature;
        rsdp.revision = wide ? 2 : 0;
        rsdp.rsdt = wide ? 0xdead'0000 : list_at;
        rsdp.xsdt = wide ? list_at : 0;
        rsdp.bytes = sizeof(acpi::Rsdp);
        memory.write(rsdp_at, rsdp);
        memory.make_sum(rsdp_at, acpi::rsdp_first_bytes, rsdp_at + offsetof(acpi::Rsdp, checksum));
        memory.make_sum(rsdp_at, sizeof(acpi::Rsdp),
                        rsdp_at + offsetof(acpi::Rsdp, extended_checksum));
    }

    AcpiTables find(std::uint64_t rsdp = rsdp_at) {
        return AcpiTables::find(memory.reader(), {rsdp});
    }
    InterruptTopology topology() {
        return InterruptTopology::read(find().bytes(memory.reader(), acpi::signature("APIC")));
    }
};

TEST_F(Acpi, FindsTheTablesByEitherList) {
    for (bool const wide : {false, true}) {
        write_lists(wide);
        auto const tables = find();
        EXPECT_EQ(tables.rsdp(), base::Phys{rsdp_at});
        EXPECT_EQ(tables.all().size(), 4u) << "list, FADT, MADT, DSDT; not the one out of reach";
        EXPECT_TRUE(tables.has(acpi::signature("DSDT")));
        EXPECT_FALSE(tables.has(acpi::signature("DMAR")));
        EXPECT_TRUE(tables.any_within({madt_at}, {madt_at + 1}));
        EXPECT_FALSE(tables.any_within({madt_at + 1}, {dsdt_at}));
        auto const fadt = tables.bytes(memory.reader(), acpi::signature("FACP"));
        EXPECT_EQ(sleep_port(fadt), 0x604);
        EXPECT_EQ(century_index(fadt), 0x32);
    }
}

TEST_F(Acpi, SearchesTheRootPointerIfNobodyTellsIt) {
    EXPECT_EQ(find(0).rsdp(), base::Phys{rsdp_at});
    EXPECT_EQ(find(0x5000).rsdp(), base::Phys{rsdp_at}) << "told wrongly";
    memory.write(rsdp_at, std::uint64_t{0});
    EXPECT_TRUE(find(0).all().empty());
    EXPECT_EQ(find(0).rsdp(), base::Phys{0});
}

TEST_F(Acpi, SearchesTheExtendedBiosDataArea) {
    acpi::Rsdp rsdp;
    std::memcpy(&rsdp, memory.bytes().data() + rsdp_at, sizeof(rsdp));
    memory.write(rsdp_at, std::uint64_t{0});
    memory.write(0x9'fc10, rsdp);
    memory.write(0x40e, std::uint16_t{0x9fc0});
    EXPECT_EQ(find(0).rsdp(), base::Phys{0x9'fc10});
}

TEST_F(Acpi, LeavesOutWhatDoesNotAddUp) {
    memory.write(madt_at + 8, std::uint8_t{0x77});
    auto const tables = find();
    EXPECT_FALSE(tables.has(acpi::signature("APIC")));
    EXPECT_TRUE(tables.has(acpi::signature("FACP")));
    memory.write(list_at + 8, std::uint8_t{0x77});
    EXPECT_TRUE(find().all().empty());
}

TEST_F(Acpi, LeavesOutTablesOfAbsurdSize) {
    for (std::uint32_t const bytes : {0u, 35u, 1u << 21, ~0u}) {
        memory.write(madt_at + 4, bytes);
        EXPECT_FALSE(find().has(acpi::signature("APIC"))) << bytes;
    }
}

TEST_F(Acpi, ReadsProcessorsAndControllers) {
    auto const found = topology();
    ASSERT_EQ(found.processors.size(), 2u) << "the third is not enabled";
    EXPECT_EQ(found.processors[1], 4u);
    ASSERT_EQ(found.controllers.size(), 1u);
    EXPECT_EQ(found.controllers[0].address, base::Phys{0xfec0'0000});
}

TEST_F(Acpi, AnEntryThatReachesBeyondTheTableEndsIt) {
    add_madt(madt::LocalApic{{madt::Type::local_apic, 200}, 3, 7, 1});
    add_madt(madt::LocalApic{{madt::Type::local_apic, 8}, 3, 8, 1});
    seal_madt();
    EXPECT_EQ(topology().processors.size(), 2u);
}

TEST_F(Acpi, AnEntryOfNoLengthEndsTheTable) {
    add_madt(madt::Entry{madt::Type::local_apic, 0});
    add_madt(madt::LocalApic{{madt::Type::local_apic, 8}, 3, 8, 1});
    seal_madt();
    EXPECT_EQ(topology().processors.size(), 2u);
}

TEST_F(Acpi, AnEntryTooShortForItsTypeIsLeftOut) {
    add_madt(madt::LocalApic{{madt::Type::io_apic, 8}, 3, 8, 1});
    add_madt(madt::LocalApic{{madt::Type::local_apic, 8}, 3, 8, 1});
    seal_madt();
    EXPECT_EQ(topology().controllers.size(), 1u);
    EXPECT_EQ(topology().processors.size(), 3u);
}

TEST_F(Acpi, EveryCutOfTheMadtIsHarmless) {
    auto const whole = find().bytes(memory.reader(), acpi::signature("APIC"));
    for (std::size_t bytes = 0; bytes <= whole.size(); bytes++) {
        std::vector<std::byte> const cut(whole.begin(), whole.begin() + static_cast<long>(bytes));
        EXPECT_LE(InterruptTopology::read(cut).processors.size(), 2u);
    }
}

} // namespace
} // namespace kernel
