// What a device reaches: with an IOMMU, what is mapped and no more; without one, everything, and
// memory that it knows of is not given out again.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <cstring>

namespace kernel {
namespace {

using testing::Outcome;
using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr std::uint64_t page = abi::page_bytes;
constexpr abi::Word nic = 0x0012, disk = 0x1'0300;

class Devices : public ::testing::TestWithParam<bool> {
protected:
    World world{32 << 20};
    Program& owner = world.add_program({.privileged = true});
    Program& driver = world.add_program({.bytes = 8 << 20});
    abi::CapAddress space; ///< the owner's
    abi::CapAddress own;   ///< the driver's

    Devices() {
        arch::fake_machine.iommu.present = GetParam();
        space = world.make(owner, abi::Kind::dma_space);
        own = world.share(owner, space, driver, abi::mask(abi::DmaSpaceRights::map));
        EXPECT_EQ(attach(space, nic).value, GetParam());
    }
    ~Devices() override { EXPECT_EQ(testing::broken_invariants(world), ""); }

    Outcome attach(abi::CapAddress which, abi::Word device) {
        return world.call<abi::DmaAttach>(owner, owner[at::control], which, device);
    }
    Outcome release(abi::Word device) {
        return world.call<abi::DmaRelease>(owner, owner[at::control], device);
    }
    Outcome map(abi::CapAddress memory, abi::Word address,
                abi::Protection protection = abi::Protection::read_write) {
        return world.call<abi::DmaMap>(driver, own, memory, address, protection);
    }
    Outcome revoke(Program const& program, abi::CapAddress what) {
        return world.call<abi::PoolRevoke>(program, program[at::pool], what);
    }
    abi::CapAddress memory(std::uint64_t pages) {
        return world.make(driver, abi::Kind::memory, pages * page);
    }
    base::Phys start(abi::CapAddress address) {
        return world.object<Memory>(driver, address).start();
    }
    static bool reaches(abi::Word device, abi::Word address, bool write = true) {
        return arch::fake_machine.device_access(static_cast<std::uint32_t>(device), address, write)
            .has_value();
    }
};

class Confined : public Devices {};
class Unconfined : public Devices {};
INSTANTIATE_TEST_SUITE_P(, Confined, ::testing::Values(true));
INSTANTIATE_TEST_SUITE_P(, Unconfined, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(, Devices, ::testing::Bool());

TEST_P(Confined, ReachWhatIsMappedAndNothingElse) {
    auto const extent = memory(700);
    EXPECT_FALSE(reaches(nic, 0x10'0000)) << "and the IOMMU remembers that";
    ASSERT_EQ(map(extent, 0x10'0000).value, 0x10'0000u);
    auto const last = 0x10'0000 + 700 * page;
    EXPECT_EQ(arch::fake_machine.device_access(nic, last - 8, true),
              start(extent) + (700 * page - 8));
    EXPECT_FALSE(reaches(nic, last));
    EXPECT_FALSE(reaches(nic, 0x10'0000 - page));
    EXPECT_FALSE(reaches(disk, 0x10'0000));
    ASSERT_TRUE(world.call<abi::DmaUnmap>(driver, own, abi::Word{0x10'0000}).ok());
    EXPECT_FALSE(reaches(nic, 0x10'0000));
    EXPECT_TRUE(world.call<abi::DmaUnmap>(driver, own, abi::Word{0x10'0000})
                    .failed(abi::Error::not_mapped));
}

TEST_P(Confined, ReadOnlyIsReadOnly) {
    ASSERT_TRUE(map(memory(2), 0, abi::Protection::read).ok());
    EXPECT_TRUE(reaches(nic, page, false));
    EXPECT_FALSE(reaches(nic, page, true));
    auto const narrow = world.share(driver, memory(1), driver, abi::mask(abi::MemoryRights::read));
    EXPECT_TRUE(map(narrow, 0x10'0000).failed(abi::Error::no_rights));
    EXPECT_TRUE(map(narrow, 0x10'0000, abi::Protection::read).ok());
}

TEST_P(Confined, ARevokedCapabilityIsOutOfReach) {
    auto const extent = memory(300);
    auto const copy = world.share(driver, extent, driver);
    ASSERT_TRUE(map(copy, 0x10'0000).ok());
    EXPECT_TRUE(reaches(nic, 0x10'0000 + 299 * page));
    ASSERT_TRUE(revoke(driver, extent).ok());
    EXPECT_FALSE(reaches(nic, 0x10'0000 + 299 * page));
    EXPECT_EQ(testing::broken_invariants(world), "");
    EXPECT_TRUE(map(extent, 0x10'0000).ok());
}

TEST_P(Confined, WhatFailsLeavesNothingBehind) {
    ASSERT_TRUE(map(memory(1), 0x30'0000).ok());
    auto const free = driver.memory->free_bytes();
    auto const extent = memory(700);
    auto const left = driver.memory->free_bytes();
    EXPECT_TRUE(map(extent, 0x10'0000).failed(abi::Error::already_mapped));
    EXPECT_FALSE(reaches(nic, 0x10'0000));
    EXPECT_TRUE(map(extent, abi::dma_messages - page).failed(abi::Error::out_of_range));
    EXPECT_TRUE(map(extent, abi::dma_end).failed(abi::Error::out_of_range));
    EXPECT_TRUE(map(extent, ~abi::Word{0} << 12).failed(abi::Error::out_of_range));
    EXPECT_TRUE(map(extent, 8).failed(abi::Error::misaligned));
    EXPECT_TRUE(map(extent, 0, abi::Protection::read_execute).failed(abi::Error::bad_argument));
    EXPECT_EQ(driver.memory->free_bytes(), left);
    EXPECT_LT(left, free);
}

TEST_P(Confined, ATableThatGoesAgainIsForgotten) {
    // Room for the top table and one more.
    auto const small = world.make(owner, abi::Kind::untyped, 4 * page);
    auto const make = [&](abi::Kind kind, abi::Word size) {
        auto const made = world.call<abi::UntypedRetype>(
            owner, small, kind, size, abi::CapAddress{}, abi::Place{{}, owner.free_slot()},
            abi::Cache::write_back);
        EXPECT_TRUE(made.ok());
        return abi::CapAddress{static_cast<std::uint32_t>(made.value)};
    };
    auto const tight = make(abi::Kind::dma_space, 0);
    auto const extent = make(abi::Kind::memory, page);
    ASSERT_TRUE(attach(tight, disk).ok());
    EXPECT_FALSE(reaches(disk, 0x10'0000));
    EXPECT_TRUE(world
                    .call<abi::DmaMap>(owner, tight, extent, abi::Word{0x10'0000},
                                       abi::Protection::read_write)
                    .failed(abi::Error::no_table_memory));
    EXPECT_TRUE(arch::fake_machine.iommu.translations.empty())
        << "the device may have walked there while there was a table";
}

TEST_P(Confined, ByTablesOfThreeLevelsOrFour) {
    for (unsigned const levels : {3u, 4u}) {
        arch::fake_machine.iommu.depth = levels;
        auto const fresh = world.make(owner, abi::Kind::dma_space);
        ASSERT_TRUE(attach(fresh, disk).ok());
        auto const extent = world.make(owner, abi::Kind::memory, 2 * page);
        for (abi::Word const at : {abi::Word{0}, abi::dma_end - 2 * page}) {
            ASSERT_TRUE(
                world.call<abi::DmaMap>(owner, fresh, extent, at, abi::Protection::read).ok());
            EXPECT_TRUE(reaches(disk, at + page, false));
        }
        world.remove(owner, fresh);
        EXPECT_FALSE(reaches(disk, 0, false));
    }
}

TEST_P(Confined, TheEndOfASpaceIsTheEndOfReach) {
    ASSERT_TRUE(map(memory(3), 0).ok());
    EXPECT_TRUE(reaches(nic, 0));
    world.remove(driver, own);
    world.remove(owner, space);
    EXPECT_FALSE(reaches(nic, 0));
    EXPECT_EQ(DmaSpace::of_device(nic), nullptr);
}

TEST_P(Confined, ReleasedAndAttachedAgain) {
    ASSERT_TRUE(map(memory(3), 0).ok());
    EXPECT_TRUE(release(nic).ok());
    EXPECT_FALSE(reaches(nic, 0));
    EXPECT_TRUE(release(nic).failed(abi::Error::not_attached));
    EXPECT_TRUE(attach(space, disk).ok());
    EXPECT_TRUE(reaches(disk, 0));
    EXPECT_FALSE(reaches(nic, 0));
}

TEST_P(Confined, FaultsReachTheirOwner) {
    auto const bell = world.make(owner, abi::Kind::notification);
    ASSERT_TRUE(world.call<abi::DmaBindFault>(owner, space, bell, abi::Word{4}).ok());
    EXPECT_TRUE(world.call<abi::DmaTakeFault>(owner, space).failed(abi::Error::would_block));
    DmaSpace::of_device(nic)->refused({.address = 0x5000, .device = nic, .write = 1});
    DmaSpace::of_device(nic)->refused({.address = 0x6000, .device = nic});
    EXPECT_EQ(world.call<abi::NotificationPoll>(owner, bell).value, 4u);
    ASSERT_TRUE(world.call<abi::DmaTakeFault>(owner, space).ok());
    abi::DmaFault fault;
    std::memcpy(&fault, owner.page->text, sizeof fault);
    EXPECT_EQ(fault.address, 0x5000u);
    EXPECT_EQ(fault.write, 1u);
    EXPECT_TRUE(world.call<abi::DmaTakeFault>(owner, space).failed(abi::Error::would_block));
    EXPECT_TRUE(world.call<abi::DmaTakeFault>(driver, own).failed(abi::Error::no_rights));
}

TEST_P(Devices, OneSpaceADeviceAndOneDeviceASpace) {
    auto const second = world.make(owner, abi::Kind::dma_space);
    EXPECT_TRUE(attach(second, nic).failed(abi::Error::busy));
    EXPECT_TRUE(attach(space, disk).failed(abi::Error::already_bound));
    EXPECT_TRUE(attach(second, abi::Word{1} << 32).failed(abi::Error::out_of_range));
    if (GetParam()) EXPECT_TRUE(attach(second, 0x2'0000).failed(abi::Error::not_supported));
    EXPECT_TRUE(attach(second, disk).ok());
    EXPECT_TRUE(world.call<abi::DmaAttach>(driver, driver[at::control], own, nic)
                    .failed(abi::Error::bad_capability));
}

TEST_P(Devices, DeviceMemoryIsNotForDevices) {
    auto const registers = world.call<abi::UntypedRetype>(
        owner, owner[at::device], abi::Kind::memory, page, owner[at::untyped],
        abi::Place{{}, owner.free_slot()}, abi::Cache::uncached);
    ASSERT_TRUE(registers.ok());
    EXPECT_TRUE(world
                    .call<abi::DmaMap>(owner, space,
                                       abi::CapAddress{static_cast<std::uint32_t>(registers.value)},
                                       abi::Word{0}, abi::Protection::read_write)
                    .failed(abi::Error::bad_argument));
}

TEST_P(Unconfined, AddressesArePhysical) {
    auto const extent = memory(3);
    EXPECT_EQ(map(extent, 0x1234'5000).value, start(extent).raw);
}

TEST_P(Unconfined, MemoryOfADeadDriverWaitsForTheReset) {
    auto const pool = world.make(owner, abi::Kind::untyped, 64 << 10);
    auto& untyped = world.object<Untyped>(owner, pool);
    auto const retype = [&](abi::Word size) {
        return world.call<abi::UntypedRetype>(owner, pool, abi::Kind::memory, size,
                                              owner[at::untyped], abi::Place{{}, owner.free_slot()},
                                              abi::Cache::write_back);
    };
    auto const made = retype(32 << 10);
    ASSERT_TRUE(made.ok());
    auto const extent =
        world.share(owner, abi::CapAddress{static_cast<std::uint32_t>(made.value)}, driver);
    auto const address = map(extent, 0);
    ASSERT_TRUE(address.ok());
    *reinterpret_cast<std::uint64_t*>(arch::to_virtual({address.value})) = 0x5ec4e7;

    ASSERT_TRUE(revoke(owner, pool).ok());
    EXPECT_TRUE(untyped.quarantined());
    EXPECT_TRUE(retype(64 << 10).failed(abi::Error::quarantined));
    auto const rest = retype(32 << 10);
    ASSERT_TRUE(rest.ok()) << "the other half is free";
    EXPECT_TRUE(retype(32 << 10).failed(abi::Error::quarantined));
    EXPECT_EQ(testing::broken_invariants(world), "");
    *reinterpret_cast<std::uint64_t*>(arch::to_virtual({address.value})) = 1; // the device is late

    ASSERT_TRUE(revoke(owner, pool).ok());
    ASSERT_TRUE(release(nic).ok());
    EXPECT_FALSE(untyped.quarantined());
    ASSERT_TRUE(retype(64 << 10).ok());
    EXPECT_EQ(*reinterpret_cast<std::uint64_t*>(arch::to_virtual({address.value})), 0u);
}

TEST_P(Unconfined, ASpaceOutlivesItsOwnerUntilTheReset) {
    auto const extent = memory(4);
    ASSERT_TRUE(map(extent, 0).ok());
    auto& object = world.object<DmaSpace>(owner, space);
    world.remove(driver, own);
    world.remove(owner, space);
    ASSERT_FALSE(World::gone(object));
    EXPECT_EQ(DmaSpace::of_device(nic), &object);
    EXPECT_EQ(testing::broken_invariants(world), "");
    EXPECT_TRUE(release(nic).ok());
    world.reap();
    EXPECT_TRUE(World::gone(object));
}

TEST_P(Unconfined, UnmappedMemoryIsKeptOnce) {
    auto const extent = memory(4);
    auto const count = [&] {
        unsigned mappings = 0;
        for ([[maybe_unused]] auto& one : world.object<DmaSpace>(owner, space).mappings_)
            mappings++;
        return mappings;
    };
    for (unsigned n = 0; n < 5; n++) {
        auto const address = map(extent, 0);
        ASSERT_TRUE(world.call<abi::DmaUnmap>(driver, own, address.value).ok());
    }
    EXPECT_EQ(count(), 1u);
    EXPECT_TRUE(driver.memory->quarantined());
    EXPECT_TRUE(release(nic).ok());
    EXPECT_FALSE(driver.memory->quarantined());
    EXPECT_EQ(count(), 0u);
}

} // namespace
} // namespace kernel
