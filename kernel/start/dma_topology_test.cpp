#include <kernel/start/dma_topology.hpp>

#include <formats/acpi.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace kernel {
namespace {

namespace dmar = formats::acpi::dmar;

class Table {
public:
    Table() { add(formats::acpi::Dmar{}); }
    template <class T> void add(T const& part) {
        auto const* const bytes = reinterpret_cast<std::byte const*>(&part);
        bytes_.insert(bytes_.end(), bytes, bytes + sizeof part);
    }
    void add_unit(std::uint64_t registers, std::uint16_t segment, bool rest) {
        add(dmar::Unit{{dmar::Type::unit, 16}, rest, 0, segment, registers});
    }
    DmaTopology read() const { return DmaTopology::read(bytes_); }
    std::vector<std::byte> bytes_;
};

TEST(DmaTopology, ListsUnitsAndDemands) {
    Table table;
    table.add_unit(0xfed9'1000, 0, true);
    table.add(
        dmar::ReservedMemory{{dmar::Type::reserved_memory, 24}, 0, 0, 0x7b80'0000, 0x7fff'ffff});
    auto const found = table.read();
    ASSERT_EQ(found.units.size(), 1u);
    EXPECT_EQ(found.units[0].registers, base::Phys{0xfed9'1000});
    EXPECT_TRUE(found.units[0].serves_the_rest);
    EXPECT_EQ(found.demands, 1u);
    EXPECT_TRUE(found.whole);
}

TEST(DmaTopology, KnowsHowIoApicsSign) {
    Table table;
    table.add(dmar::Unit{{dmar::Type::unit, 16 + 2 * 8}, 0, 0, 1, 0xfed9'0000});
    table.add(dmar::Scope{dmar::ScopeType::function, 8, 0, 0, 0, 3, 1});
    table.add(dmar::Scope{dmar::ScopeType::io_apic, 8, 0, 7, 0xff, 0x1e, 2});
    auto const found = table.read();
    EXPECT_FALSE(found.units[0].serves_the_rest);
    EXPECT_EQ(found.source_of(7), 0x1'fff2u);
    EXPECT_EQ(found.source_of(0), std::nullopt);
}

TEST(DmaTopology, KnowsWhoIsServed) {
    Table table;
    table.add(dmar::Unit{{dmar::Type::unit, 16 + 3 * 8}, 0, 0, 1, 0xfed9'0000});
    table.add(dmar::Scope{dmar::ScopeType::function, 8, 0, 0, 0, 3, 1});
    table.add(dmar::Scope{dmar::ScopeType::io_apic, 8, 0, 0, 0xff, 0, 0});
    table.add(dmar::Scope{dmar::ScopeType::bridge, 8, 0, 0, 0, 4, 0});
    auto const found = table.read();
    EXPECT_TRUE(found.serves(0x1'0019));
    EXPECT_FALSE(found.serves(0x1'0018));
    EXPECT_FALSE(found.serves(0x0'0019));
    EXPECT_FALSE(found.serves(0x1'0020)) << "the bridge itself";
    EXPECT_TRUE(found.serves(0x1'0500)) << "behind it";
}

TEST(DmaTopology, WhatIsCutOrTooMuchIsNotWhole) {
    Table table;
    table.add_unit(0xfed9'0000, 0, true);
    table.add(dmar::Structure{dmar::Type::unit, 200});
    EXPECT_FALSE(table.read().whole);
    Table many;
    for (unsigned n = 0; n < 9; n++) many.add_unit(0xfed9'0000 + n * 0x1000, 0, true);
    EXPECT_FALSE(many.read().whole);
    for (std::size_t bytes = 0; bytes < many.bytes_.size(); bytes++)
        EXPECT_LE(DmaTopology::read(Bytes{many.bytes_}.first(bytes)).units.size(), 8u);
}

} // namespace
} // namespace kernel
