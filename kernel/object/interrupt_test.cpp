// Interrupt lines: masked while somebody has not acknowledged, shared, and freed by deaths.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr abi::Word edge = 0, level = 1, active_low = 2;

class Interrupts : public ::testing::Test {
protected:
    World world;
    Program& driver = world.add_program({.privileged = true});
    abi::CapAddress const first = world.make(driver, abi::Kind::notification);
    abi::CapAddress const second = world.make(driver, abi::Kind::notification);

    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }

    testing::Outcome create(abi::Word line, abi::Word flags) {
        return world.call<abi::InterruptCreate>(driver, driver[at::control], driver[at::untyped],
                                                line, flags, abi::Place{{}, driver.free_slot()});
    }
    abi::CapAddress make(abi::Word line, abi::Word flags) {
        auto const made = create(line, flags);
        EXPECT_TRUE(made.ok());
        return abi::CapAddress{static_cast<std::uint32_t>(made.value)};
    }
    bool bind(abi::CapAddress interrupt, abi::CapAddress notification, abi::Word bits) {
        return world.call<abi::InterruptBind>(driver, interrupt, notification, bits).ok();
    }
    bool acknowledge(abi::CapAddress interrupt) {
        return world.call<abi::InterruptAcknowledge>(driver, interrupt).ok();
    }
    abi::Word poll(abi::CapAddress notification) {
        return world.call<abi::NotificationPoll>(driver, notification).value;
    }
    bool masked(std::uint32_t line) { return arch::fake_machine.line[line].masked; }
};

TEST_F(Interrupts, SignalAndWaitForTheAcknowledge) {
    auto const one = make(5, level | active_low);
    EXPECT_TRUE(arch::fake_machine.line[5].level);
    EXPECT_TRUE(arch::fake_machine.line[5].active_low);
    EXPECT_TRUE(masked(5)) << "nobody listens";
    EXPECT_TRUE(bind(one, first, 4));
    EXPECT_FALSE(bind(one, second, 4)) << "bound already";
    EXPECT_FALSE(masked(5));
    EXPECT_TRUE(world.interrupt(5));
    EXPECT_EQ(poll(first), 4u);
    EXPECT_TRUE(masked(5));
    EXPECT_FALSE(world.interrupt(5));
    EXPECT_TRUE(acknowledge(one));
    EXPECT_FALSE(masked(5));
    EXPECT_TRUE(world.call<abi::InterruptMask>(driver, one).ok());
    EXPECT_TRUE(masked(5));
    EXPECT_TRUE(acknowledge(one));
    EXPECT_FALSE(masked(5));
}

TEST_F(Interrupts, AreSharedUntilAllHaveAcknowledged) {
    auto const one = make(9, level);
    auto const two = make(9, level);
    EXPECT_TRUE(create(9, edge).failed(abi::Error::out_of_range)) << "another trigger";
    bind(one, first, 1);
    bind(two, second, 2);
    EXPECT_TRUE(world.interrupt(9));
    EXPECT_EQ(poll(first), 1u);
    EXPECT_EQ(poll(second), 2u);
    acknowledge(one);
    EXPECT_TRUE(masked(9));
    acknowledge(two);
    EXPECT_FALSE(masked(9));
}

TEST_F(Interrupts, OfTheDeadCountAsAcknowledged) {
    auto const one = make(9, level);
    auto const two = make(9, level);
    bind(one, first, 1);
    bind(two, second, 2);
    world.interrupt(9);
    acknowledge(one);
    world.remove(driver, two);
    EXPECT_FALSE(masked(9));
}

TEST_F(Interrupts, WhoseBindingIsRevokedCountAsAcknowledged) {
    auto const one = make(9, level);
    auto const two = make(9, level);
    bind(one, first, 1);
    bind(two, second, 2);
    world.interrupt(9);
    acknowledge(one);
    EXPECT_TRUE(world.call<abi::PoolRevoke>(driver, driver[at::pool], second).ok());
    EXPECT_FALSE(masked(9)) << "the other one must not wait for ever";
    EXPECT_TRUE(bind(two, second, 2));
    EXPECT_TRUE(world.interrupt(9));
    EXPECT_TRUE(world.call<abi::PoolRevoke>(driver, driver[at::pool], second).ok());
    EXPECT_TRUE(world.call<abi::PoolRevoke>(driver, driver[at::pool], first).ok());
    EXPECT_TRUE(masked(9)) << "nobody is left";
}

TEST_F(Interrupts, AreRefusedForLinesThatAreNotThere) {
    EXPECT_TRUE(create(InterruptLines::count, edge).failed(abi::Error::out_of_range));
    EXPECT_TRUE(create(~abi::Word{0}, edge).failed(abi::Error::out_of_range));
    EXPECT_TRUE(create(arch::FakeMachine::lines, edge).failed(abi::Error::out_of_range));
    EXPECT_TRUE(create(1, 4).failed(abi::Error::bad_argument));
}

} // namespace
} // namespace kernel
