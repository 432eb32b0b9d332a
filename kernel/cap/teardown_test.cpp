// Deleting, revoking and taking apart: in steps, taken up by others, and with what is in use.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr abi::CapAddress none{};
constexpr abi::Word zero = 0;

class Teardown : public ::testing::Test {
protected:
    World world;
    Program& owner = world.add_program({.bytes = 1 << 20});
    Program& other = world.add_program({.bytes = 1 << 20});

    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }

    abi::CapAddress copy(Program const& program, abi::CapAddress what, std::uint16_t slot) {
        auto const made =
            world.call<abi::PoolCopy>(program, program[at::pool], slot, what, abi::all_rights);
        EXPECT_TRUE(made.ok());
        return abi::CapAddress{static_cast<std::uint32_t>(made.value)};
    }
    bool remove(Program const& program, abi::CapAddress what) {
        return world.call<abi::PoolDelete>(program, program[at::pool], what).ok();
    }
    bool revoke(Program const& program, abi::CapAddress what) {
        return world.call<abi::PoolRevoke>(program, program[at::pool], what).ok();
    }
};

TEST_F(Teardown, ADeletedSlotsChildrenMoveUp) {
    auto const top = world.make(owner, abi::Kind::endpoint);
    auto const middle = copy(owner, top, 30);
    copy(owner, middle, 31);
    copy(owner, middle, 32);
    EXPECT_TRUE(remove(owner, middle));
    EXPECT_EQ(owner.pool->slot(31)->parent, owner.pool->find(top));
    EXPECT_TRUE(revoke(owner, top)) << "an ancestor still reaches them";
    EXPECT_TRUE(owner.pool->slot(31)->empty());
    EXPECT_TRUE(owner.pool->slot(32)->empty());
    EXPECT_NE(owner.pool->find(top), nullptr);
}

TEST_F(Teardown, ARevokeReachesReferencesInObjects) {
    auto const endpoint = world.make(owner, abi::Kind::endpoint);
    auto const notification = world.make(owner, abi::Kind::notification);
    auto const timer = world.make(owner, abi::Kind::timer);
    auto const memory = world.make(owner, abi::Kind::memory, 4096);
    ASSERT_TRUE(world.call<abi::ThreadSetKeeper>(owner, owner[at::thread], endpoint).ok());
    ASSERT_TRUE(
        world.call<abi::ProcessBindEnd>(owner, owner[at::process], notification, abi::Word{1})
            .ok());
    ASSERT_TRUE(
        world.call<abi::TimerArm>(owner, timer, abi::Word{1} << 40, notification, abi::Word{1})
            .ok());
    ASSERT_TRUE(world.call<abi::SpaceAttach>(owner, owner[at::space], memory, abi::Word{7}).ok());
    for (auto const address : {endpoint, notification, memory}) EXPECT_TRUE(revoke(owner, address));
    EXPECT_TRUE(owner.thread->keeper.empty());
    EXPECT_TRUE(owner.process->end_notification.empty());
    EXPECT_TRUE(world.object<Timer>(owner, timer).notification.empty());
    EXPECT_EQ(owner.space->attachment(7), nullptr);
}

TEST_F(Teardown, ATakenMessagePageIsGone) {
    EXPECT_TRUE(revoke(owner, owner[at::message]));
    EXPECT_EQ(owner.thread->message_page, nullptr);
    EXPECT_TRUE(world.call<abi::ProcessInspect>(owner, owner[at::process])
                    .failed(abi::Error::no_message_page));
    auto const tag = abi::MessageTag{0, 9};
    auto const endpoint = world.make(owner, abi::Kind::endpoint);
    EXPECT_TRUE(world.message<abi::EndpointCall>(*owner.thread, endpoint, {.tag = tag})
                    .failed(abi::Error::no_message_page));
}

TEST_F(Teardown, ARevokeCantBeOutrun) {
    auto const top = world.make(owner, abi::Kind::endpoint);
    // A tree of all depths: every third from the top, the others each from the one before.
    auto last = top;
    for (std::uint16_t slot = 40; slot < 200; slot++)
        last = copy(owner, slot % 3 == 0 ? top : last, slot);
    unsigned budget = 20;
    ASSERT_FALSE(teardown::revoke(*owner.pool->find(top), *other.thread, budget));
    EXPECT_EQ(broken_invariants(world), "");
    auto const refused =
        world.call<abi::PoolCopy>(owner, owner[at::pool], std::uint16_t{250}, top, abi::all_rights);
    EXPECT_TRUE(refused.failed(abi::Error::revoked)) << "not even from its root";
    for (std::uint16_t i = 40; i < 200; i++) {
        if (owner.pool->slot(i)->empty()) continue;
        EXPECT_TRUE(world
                        .call<abi::PoolMint>(owner, owner[at::pool], std::uint16_t{250}, owner[i],
                                             abi::all_rights, abi::Word{3}, zero)
                        .failed(abi::Error::revoked));
        EXPECT_TRUE(world.call<abi::ThreadSetKeeper>(owner, owner[at::thread], owner[i])
                        .failed(abi::Error::revoked));
        break;
    }
    EXPECT_TRUE(world.call<abi::PoolMove>(owner, owner[at::pool], std::uint16_t{250}, top)
                    .failed(abi::Error::revoked));
    EXPECT_TRUE(revoke(owner, top)) << "taken up by somebody else";
    EXPECT_EQ(root().revokes_in_progress, 0u);
    EXPECT_EQ(owner.pool->find(top)->first_child, nullptr);
}

TEST_F(Teardown, ARevokeEndsWithWhoRevokes) {
    auto const top = world.make(owner, abi::Kind::endpoint);
    for (std::uint16_t slot = 40; slot < 80; slot++) copy(owner, top, slot);
    auto& slot = *owner.pool->find(top);
    auto const derives = [&] {
        auto const made = world.call<abi::PoolCopy>(owner, owner[at::pool], std::uint16_t{250}, top,
                                                    abi::all_rights);
        return made.ok() && remove(owner, owner[250]);
    };
    auto const begin = [&](Program& by) {
        unsigned budget = 5;
        EXPECT_FALSE(teardown::revoke(slot, *by.thread, budget));
        EXPECT_EQ(root().revokes_in_progress, 1u);
        EXPECT_FALSE(derives());
    };
    auto const thread = world.share(other, other[at::thread], owner);
    auto const process = world.share(other, other[at::process], owner);
    begin(other);
    EXPECT_TRUE(world.call<abi::ThreadSuspend>(owner, thread).ok());
    EXPECT_TRUE(derives()) << "it can't go on";
    EXPECT_TRUE(world.call<abi::ThreadResume>(owner, thread).ok());
    begin(other);
    EXPECT_TRUE(world.call<abi::ProcessStop>(owner, process).ok());
    EXPECT_TRUE(derives());
    EXPECT_TRUE(world.call<abi::ProcessStart>(owner, process).ok());
    begin(other);
    begin(owner);
    other.thread->rest();
    EXPECT_FALSE(derives()) << "somebody else has taken it up";
    owner.thread->rest();
    begin(other);
    EXPECT_TRUE(world.call<abi::ProcessKill>(owner, process, zero).ok());
    EXPECT_EQ(root().revokes_in_progress, 0u);
    EXPECT_TRUE(derives());
}

TEST_F(Teardown, ARevokeEndsWhenWhoRevokesBeginsAnother) {
    auto const first = world.make(owner, abi::Kind::endpoint);
    auto const second = world.make(owner, abi::Kind::endpoint);
    for (std::uint16_t slot = 40; slot < 80; slot++) copy(owner, slot % 2 ? first : second, slot);
    auto const begin = [&](abi::CapAddress what) {
        unsigned budget = 5;
        EXPECT_FALSE(teardown::revoke(*owner.pool->find(what), *other.thread, budget));
    };
    begin(first);
    // It finds other code where its call stood, and does something else before it is done.
    begin(second);
    EXPECT_EQ(broken_invariants(world), "");
    EXPECT_EQ(root().revokes_in_progress, 1u);
    auto const process = world.share(other, other[at::process], owner);
    EXPECT_TRUE(world.call<abi::ProcessKill>(owner, process, zero).ok());
    EXPECT_EQ(root().revokes_in_progress, 0u);
    EXPECT_TRUE(revoke(owner, first));
}

TEST_F(Teardown, ARevokeEndsWhenWhoRevokesFaultsOrIsGivenOtherRegisters) {
    auto const top = world.make(owner, abi::Kind::endpoint);
    for (std::uint16_t slot = 40; slot < 80; slot++) copy(owner, top, slot);
    auto const begin = [&] {
        unsigned budget = 5;
        EXPECT_FALSE(teardown::revoke(*owner.pool->find(top), *other.thread, budget));
        EXPECT_EQ(root().revokes_in_progress, 1u);
    };
    auto const thread = world.share(other, other[at::thread], owner);
    begin();
    // Perhaps to wait for ever.
    ASSERT_TRUE(world.call<abi::ThreadReadRegisters>(owner, thread).ok());
    ASSERT_TRUE(world.call<abi::ThreadWriteRegisters>(owner, thread).ok());
    EXPECT_EQ(root().revokes_in_progress, 0u);
    begin();
    // Its system-call instruction has been unmapped under it.
    world.page_fault(*other.thread, World::code, 0);
    EXPECT_EQ(other.thread->state, Thread::State::keeper_lost);
    EXPECT_EQ(root().revokes_in_progress, 0u);
    EXPECT_TRUE(revoke(owner, top));
}

TEST_F(Teardown, WhatIsBeingRevokedIsGoodForCallsUntilItIsGone) {
    auto const top = world.make(owner, abi::Kind::notification);
    auto const given = world.share(owner, top, other);
    for (std::uint16_t slot = 40; slot < 80; slot++) copy(owner, top, slot);
    unsigned budget = 5;
    ASSERT_FALSE(teardown::revoke(*owner.pool->find(top), *owner.thread, budget));
    ASSERT_NE(other.pool->find(given), nullptr);
    EXPECT_TRUE(world.call<abi::NotificationSignal>(other, given, abi::Word{4}).ok());
    EXPECT_EQ(world.call<abi::NotificationPoll>(other, given).value, 4u);
    EXPECT_TRUE(revoke(owner, top));
    EXPECT_FALSE(world.call<abi::NotificationSignal>(other, given, abi::Word{4}).ok());
}

TEST_F(Teardown, ARevokeEndsWithItsSlot) {
    auto const top = world.make(owner, abi::Kind::endpoint);
    for (std::uint16_t slot = 40; slot < 60; slot++) copy(owner, top, slot);
    unsigned budget = 5;
    ASSERT_FALSE(teardown::revoke(*owner.pool->find(top), *other.thread, budget));
    EXPECT_TRUE(remove(owner, top));
    EXPECT_EQ(root().revokes_in_progress, 0u);
    EXPECT_TRUE(world.call<abi::ThreadSetKeeper>(owner, owner[at::thread], owner[40]).ok());
}

TEST_F(Teardown, TheMemoryOfALivingProcessCanBeTaken) {
    // All of a running program is made of memory that somebody else gave it.
    auto& given = world.add_program({.bytes = 1 << 20});
    auto& busy = world.add_thread(given);
    auto const notification = world.make(given, abi::Kind::notification);
    world.call<abi::NotificationWait>(busy, notification, abi::Word{1} << 40);
    world.become(*given.thread);
    auto& slot = *given.pool->slot(at::untyped);
    auto& parent = *slot.parent;
    // It is revoked in its own middle of a call, in the smallest steps.
    while (true) {
        unsigned budget = 1;
        if (teardown::revoke(slot, *owner.thread, budget)) break;
        leave_kernel();
        ASSERT_EQ(broken_invariants(world), "");
    }
    EXPECT_EQ(slot.parent, &parent);
    while (!root().dying.empty()) {
        unsigned budget = 3;
        teardown::reap(budget);
        leave_kernel();
        ASSERT_EQ(broken_invariants(world), "");
    }
    EXPECT_EQ(world.processor().deadlines.first(), nullptr);
}

TEST_F(Teardown, AProgramRevokesWhatItStandsOn) {
    auto& given = world.add_program({.bytes = 1 << 20});
    EXPECT_FALSE(world.call<abi::PoolRevoke>(given, given[at::pool], given[at::untyped]).returned);
    world.reap();
    EXPECT_EQ(broken_invariants(world), "");
    EXPECT_NE(world.current(), nullptr) << "the others go on";
}

TEST_F(Teardown, AKilledProcessIsEmptied) {
    auto const process = world.share(other, other[at::process], owner);
    auto const pool = world.share(other, other[at::pool], owner);
    EXPECT_TRUE(world.call<abi::ProcessKill>(owner, process, abi::Word{3}).ok());
    EXPECT_EQ(other.process->state, abi::ProcessState::ended);
    EXPECT_EQ(other.process->pool(), nullptr);
    auto& emptied = world.object<CapPool>(owner, pool);
    for (std::uint16_t i = 0; i < 256; i++) EXPECT_TRUE(emptied.slot(i)->empty());
    EXPECT_TRUE(world.call<abi::ProcessKill>(owner, process, zero).ok())
        << "once more does no harm";
    EXPECT_EQ(other.process->exit_code, 3u);
    EXPECT_TRUE(world.call<abi::ProcessStart>(owner, process).failed(abi::Error::bad_state));
}

TEST_F(Teardown, APoolFilledAgainWhileItIsEmptiedIsEmptiedAgain) {
    auto const pool_address = world.share(other, other[at::pool], owner);
    auto const process = world.share(other, other[at::process], owner);
    for (std::uint16_t slot = 40; slot < 240; slot++) copy(other, other[at::thread], slot);
    // The kill is begun and given up: its caller had other things to do.
    World::end(*other.process);
    leave_kernel();
    while (other.pool->emptied_ <= 20) {
        unsigned budget = 10;
        ASSERT_FALSE(other.process->take_apart(budget));
    }
    auto const endpoint = world.make(owner, abi::Kind::endpoint);
    EXPECT_TRUE(
        world.call<abi::PoolCopy>(owner, pool_address, std::uint16_t{20}, endpoint, abi::all_rights)
            .ok());
    // Now its capabilities go, and so the pool.
    unsigned rest = 1000;
    teardown::remove(other.process->pool_slot, rest);
    EXPECT_TRUE(remove(owner, process));
    EXPECT_TRUE(remove(owner, pool_address));
    if (!World::gone(*other.pool))
        for (std::uint16_t slot = 0; slot < 256; slot++)
            if (other.pool->slot(slot)->object == other.pool)
                teardown::remove(*other.pool->slot(slot), rest);
    world.reap();
    EXPECT_TRUE(World::gone(*other.pool));
    EXPECT_EQ(broken_invariants(world), "");
}

TEST_F(Teardown, APoolWhoseEmptyingWasGivenUpIsEmptiedWholeForTheNextProcess) {
    auto const pool_address = world.make(owner, abi::Kind::cap_pool);
    auto const space = world.make(owner, abi::Kind::address_space);
    auto& pool = world.object<CapPool>(owner, pool_address);
    auto const endpoint = world.make(owner, abi::Kind::endpoint);
    auto const fill = [&](std::uint16_t slot) {
        EXPECT_TRUE(
            world.call<abi::PoolCopy>(owner, pool_address, slot, endpoint, abi::all_rights).ok());
    };
    auto const start = [&] {
        auto const process = world.make(owner, abi::Kind::process);
        EXPECT_TRUE(
            world.call<abi::ProcessConfigure>(owner, process, pool_address, space, zero).ok());
        EXPECT_TRUE(world.call<abi::ProcessStart>(owner, process).ok());
        return process;
    };
    auto const first = start();
    for (std::uint16_t slot = 20; slot < 120; slot++) fill(slot);
    // Who kills it is killed before it is done.
    auto& process = world.object<Process>(owner, first);
    World::end(process);
    unsigned budget = 40;
    ASSERT_FALSE(process.take_apart(budget));
    auto const second = start();
    fill(20);
    EXPECT_TRUE(world.call<abi::ProcessKill>(owner, second, zero).ok());
    for (std::uint16_t slot = 0; slot < 256; slot++) EXPECT_TRUE(pool.slot(slot)->empty()) << slot;
    EXPECT_EQ(broken_invariants(world), "");
}

TEST_F(Teardown, PoolsOfAllSizesComeToAnEnd) {
    auto& rich = world.add_program({.bytes = 4 << 20});
    for (unsigned segments = 1; segments < 200; segments += segments == 126 ? 1 : 25) {
        auto const address = world.make(rich, abi::Kind::cap_pool);
        auto& pool = world.object<CapPool>(rich, address);
        while (pool.segment_count() < segments)
            ASSERT_TRUE(world.call<abi::PoolGrow>(rich, address, rich[at::untyped]).ok());
        unsigned budget = 10;
        teardown::remove(*rich.pool->find(address), budget);
        unsigned rounds = 0;
        while (!root().dying.empty()) {
            budget = teardown::step_budget;
            teardown::reap(budget);
            ASSERT_LT(rounds++, 1000u) << segments << " segments";
        }
    }
}

TEST_F(Teardown, MovesKeepAPlaceInTheTree) {
    auto const top = world.make(owner, abi::Kind::endpoint);
    auto const middle = copy(owner, top, 30);
    copy(owner, middle, 31);
    auto const pool = world.share(other, other[at::pool], owner);
    auto const moved = world.call<abi::PoolMove>(owner, pool, std::uint16_t{77}, middle);
    ASSERT_TRUE(moved.ok());
    EXPECT_TRUE(owner.pool->slot(30)->empty());
    EXPECT_EQ(owner.pool->slot(31)->parent, other.pool->slot(77));
    EXPECT_EQ(other.pool->slot(77)->parent, owner.pool->find(top));
    EXPECT_TRUE(
        world
            .call<abi::PoolCopy>(owner, owner[at::pool], std::uint16_t{35}, middle, abi::all_rights)
            .failed(abi::Error::stale_capability));
    EXPECT_TRUE(world.call<abi::PoolMove>(other, other[at::pool], std::uint16_t{77}, other[77])
                    .failed(abi::Error::slot_occupied));
    EXPECT_TRUE(revoke(owner, top));
    EXPECT_TRUE(other.pool->slot(77)->empty());
}

TEST_F(Teardown, APoolMayHoldItself) {
    auto const pool = world.make(owner, abi::Kind::cap_pool);
    auto const& object = world.object<CapPool>(owner, pool);
    EXPECT_TRUE(world.call<abi::PoolMove>(owner, pool, std::uint16_t{3}, pool).ok());
    EXPECT_EQ(broken_invariants(world), "");
    EXPECT_FALSE(World::gone(object)) << "out of reach, but not for its Untyped";
    EXPECT_FALSE(revoke(owner, owner[at::untyped])) << "that takes the caller's own things too";
    world.reap();
    EXPECT_TRUE(World::gone(object));
}

TEST_F(Teardown, DepthHasAnEnd) {
    auto const endpoint = world.make(owner, abi::Kind::endpoint);
    auto last = endpoint;
    ASSERT_TRUE(world.call<abi::PoolGrow>(owner, owner[at::pool], owner[at::untyped]).ok());
    auto made = testing::Outcome{true, abi::Error::ok, 0};
    for (std::uint16_t slot = 40; made.ok() && slot < 512; slot++) {
        made = world.call<abi::PoolCopy>(owner, owner[at::pool], slot, last, abi::all_rights);
        last = abi::CapAddress{static_cast<std::uint32_t>(made.value)};
    }
    EXPECT_TRUE(made.failed(abi::Error::too_deep));
    EXPECT_EQ(broken_invariants(world), "");
    EXPECT_TRUE(revoke(owner, endpoint));
}

TEST_F(Teardown, LosingTheSpaceEndsTheProcess) {
    auto const process = world.make(owner, abi::Kind::process);
    auto const space = world.make(owner, abi::Kind::address_space);
    auto const second = world.make(owner, abi::Kind::address_space);
    ASSERT_TRUE(
        world.call<abi::ProcessConfigure>(owner, process, owner[at::pool], space, zero).ok());
    ASSERT_TRUE(world.call<abi::ProcessStart>(owner, process).ok());
    EXPECT_TRUE(world.call<abi::ProcessConfigure>(owner, process, none, second, zero)
                    .failed(abi::Error::bad_state))
        << "it runs";
    ASSERT_TRUE(world.call<abi::ProcessStop>(owner, process).ok());
    EXPECT_TRUE(world.call<abi::ProcessConfigure>(owner, process, none, second, zero).ok());
    EXPECT_TRUE(revoke(owner, space)) << "not its space any more";
    EXPECT_EQ(world.object<Process>(owner, process).state, abi::ProcessState::stopped);
    EXPECT_TRUE(revoke(owner, second));
    EXPECT_EQ(world.object<Process>(owner, process).state, abi::ProcessState::ended);
}

TEST_F(Teardown, PortsCloseWithTheirCapability) {
    auto& driver = world.add_program({.privileged = true});
    auto const minted =
        world.call<abi::PoolMint>(driver, driver[at::pool], std::uint16_t{30}, driver[at::io_ports],
                                  abi::all_rights, abi::Word{0x3f8}, abi::Word{8});
    ASSERT_TRUE(minted.ok());
    auto const ports = abi::CapAddress{static_cast<std::uint32_t>(minted.value)};
    EXPECT_TRUE(world.call<abi::PortsEnable>(driver, ports).ok());
    EXPECT_TRUE(arch::fake_machine.open_ports()[0x3f8]);
    EXPECT_TRUE(arch::fake_machine.open_ports()[0x3ff]);
    EXPECT_EQ(arch::fake_machine.open_ports().count(), 8u);
    world.become(*owner.thread);
    EXPECT_EQ(arch::fake_machine.open_ports().count(), 0u) << "another process";
    world.become(*driver.thread);
    EXPECT_EQ(arch::fake_machine.open_ports().count(), 8u);
    EXPECT_TRUE(world.call<abi::PortsRead>(driver, ports, abi::Word{0x3fc}, abi::Word{4}).ok());
    EXPECT_TRUE(world.call<abi::PortsRead>(driver, ports, abi::Word{0x3fe}, abi::Word{4})
                    .failed(abi::Error::out_of_range));
    EXPECT_TRUE(world.call<abi::PortsRead>(driver, ports, abi::Word{0x3f7}, abi::Word{1})
                    .failed(abi::Error::out_of_range));
    EXPECT_TRUE(world.call<abi::PortsRead>(driver, ports, abi::Word{0x3f9}, abi::Word{2})
                    .failed(abi::Error::misaligned));
    EXPECT_TRUE(world.call<abi::PortsRead>(driver, ports, ~abi::Word{0}, abi::Word{1})
                    .failed(abi::Error::out_of_range));
    EXPECT_TRUE(revoke(driver, driver[at::io_ports]));
    EXPECT_EQ(arch::fake_machine.open_ports().count(), 0u);
}

} // namespace
} // namespace kernel
