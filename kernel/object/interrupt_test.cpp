// Interrupts: what the controller is told, who is signalled when, and what deaths set free.

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

    testing::Outcome create(abi::Word line, abi::Word flags, abi::Word processor = 0) {
        return world.call<abi::InterruptCreate>(driver, driver[at::control], driver[at::untyped],
                                                line, flags, processor,
                                                abi::Place{{}, driver.free_slot()});
    }
    testing::Outcome create_message(abi::Word processor = 0, abi::Word device = 0x10) {
        return world.call<abi::InterruptCreateMessage>(driver, driver[at::control],
                                                       driver[at::untyped], device, processor,
                                                       abi::Place{{}, driver.free_slot()});
    }
    static abi::CapAddress address(testing::Outcome const& made) {
        EXPECT_TRUE(made.ok());
        return abi::CapAddress{static_cast<std::uint32_t>(made.value)};
    }
    abi::CapAddress make(abi::Word line, abi::Word flags) { return address(create(line, flags)); }
    abi::CapAddress make_message() { return address(create_message()); }
    std::uint8_t vector_of(abi::CapAddress message) {
        auto const words = world.call<abi::InterruptMessage>(driver, message);
        EXPECT_TRUE(words.ok());
        EXPECT_EQ(words.value & 0xffff'ffff, 0xfee0'0000u) << "to the first processor";
        EXPECT_LT(words.value >> 32, 0x100u) << "fixed delivery, by edge";
        return static_cast<std::uint8_t>(words.value >> 32);
    }
    bool bind(abi::CapAddress interrupt, abi::CapAddress notification, abi::Word bits) {
        return world.call<abi::InterruptBind>(driver, interrupt, notification, bits).ok();
    }
    bool acknowledge(abi::CapAddress interrupt) {
        return world.call<abi::InterruptAcknowledge>(driver, interrupt).ok();
    }
    bool mask(abi::CapAddress interrupt) {
        return world.call<abi::InterruptMask>(driver, interrupt).ok();
    }
    abi::Word poll(abi::CapAddress notification) {
        auto const polled = world.call<abi::NotificationPoll>(driver, notification);
        return polled.ok() ? polled.value : 0;
    }
    static std::uint64_t entry(std::uint32_t line) { return arch::fake_machine.line[line]; }
    static bool masked(std::uint32_t line) { return (entry(line) & 0x1'0000) != 0; }
};

TEST_F(Interrupts, TellTheControllerHowALineIsRead) {
    std::uint8_t vector = arch::first_device_vector;
    for (auto const flags : {edge, level, edge | active_low, level | active_low}) {
        make(70 + flags, flags); // beyond the vectors that there are for lines of the first chip
        EXPECT_EQ(entry(static_cast<std::uint32_t>(70 + flags)),
                  0x1'0000u | (flags & level) << 15 | (flags & active_low) << 12 | vector++);
    }
}

TEST_F(Interrupts, SignalAndWaitForTheAcknowledge) {
    auto const one = make(5, level | active_low);
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
    EXPECT_TRUE(mask(one));
    EXPECT_TRUE(masked(5));
    EXPECT_TRUE(acknowledge(one));
    EXPECT_FALSE(masked(5));
}

TEST_F(Interrupts, ByEdgeLeaveTheLineOpen) {
    auto const one = make(4, edge);
    bind(one, first, 1);
    EXPECT_TRUE(world.interrupt(4));
    EXPECT_FALSE(masked(4)) << "an edge that meets a masked line is lost";
    EXPECT_EQ(poll(first), 1u);
    EXPECT_TRUE(acknowledge(one));
    EXPECT_EQ(poll(first), 0u) << "there was but one";
}

TEST_F(Interrupts, ByEdgeAreKeptUntilTheAcknowledge) {
    auto const one = make(4, edge);
    bind(one, first, 1);
    EXPECT_TRUE(world.interrupt(4));
    EXPECT_EQ(poll(first), 1u);
    EXPECT_TRUE(world.interrupt(4));
    EXPECT_EQ(poll(first), 0u) << "not before the acknowledge";
    EXPECT_TRUE(masked(4)) << "a storm ends here";
    acknowledge(one);
    EXPECT_EQ(poll(first), 1u);
    EXPECT_FALSE(masked(4));
    acknowledge(one);
    EXPECT_EQ(poll(first), 0u);
}

TEST_F(Interrupts, ByEdgeThatAStormHidFromASharerAreMadeGood) {
    auto const one = make(4, edge);
    auto const two = make(4, edge);
    bind(one, first, 1);
    bind(two, second, 2);
    world.interrupt(4);
    acknowledge(two);
    EXPECT_EQ(poll(second), 2u);
    EXPECT_TRUE(world.interrupt(4));
    EXPECT_EQ(poll(second), 2u);
    acknowledge(two);
    EXPECT_TRUE(masked(4)) << "the first has not acknowledged, and there was another";
    EXPECT_EQ(poll(second), 0u);
    EXPECT_FALSE(world.interrupt(4));
    EXPECT_TRUE(world.call<abi::PoolRevoke>(driver, driver[at::pool], first).ok());
    EXPECT_FALSE(masked(4));
    EXPECT_EQ(poll(second), 2u) << "the dead one's storm may have hidden an edge";
}

TEST_F(Interrupts, ByEdgeAreHeardByAllAfterAStorm) {
    auto const one = make(4, edge);
    auto const two = make(4, edge);
    bind(one, first, 1);
    bind(two, second, 2);
    world.interrupt(4);
    acknowledge(two);
    world.interrupt(4);
    acknowledge(two);
    poll(first), poll(second);
    EXPECT_TRUE(masked(4));
    acknowledge(one);
    EXPECT_FALSE(masked(4));
    EXPECT_EQ(poll(first), 1u);
    EXPECT_EQ(poll(second), 2u) << "its own edge may have met the masked line";
    acknowledge(one);
    acknowledge(two);
    EXPECT_EQ(poll(first) + poll(second), 0u);
}

TEST_F(Interrupts, ByMessageBelongToOne) {
    auto const one = make_message();
    auto const two = make_message();
    auto const vector = vector_of(one);
    EXPECT_NE(vector, vector_of(two));
    EXPECT_FALSE(world.interrupt_by_message(vector)) << "nobody listens";
    bind(one, first, 1);
    bind(two, first, 2);
    EXPECT_TRUE(world.interrupt_by_message(vector));
    EXPECT_EQ(poll(first), 1u);
    for (int n = 0; n < 3; n++) EXPECT_TRUE(world.interrupt_by_message(vector));
    EXPECT_EQ(poll(first), 0u) << "not before the acknowledge";
    acknowledge(one);
    EXPECT_EQ(poll(first), 1u) << "and then once";
    acknowledge(one);
    EXPECT_EQ(poll(first), 0u);
    mask(one);
    EXPECT_TRUE(world.interrupt_by_message(vector));
    EXPECT_EQ(poll(first), 0u) << "its owner wants none";
    acknowledge(one);
    EXPECT_EQ(poll(first), 1u) << "and then what came";
    world.remove(driver, one);
    EXPECT_FALSE(world.interrupt_by_message(vector)) << "the device was not told";
}

TEST_F(Interrupts, ByMessageComeFromOneDevice) {
    arch::fake_machine.iommu.present = true;
    auto const one = address(create_message(0, 0x1'0018));
    auto const vector = vector_of(one);
    EXPECT_EQ(arch::fake_machine.senders.at(vector), 0x1'0018u);
    world.remove(driver, one);
    EXPECT_FALSE(arch::fake_machine.senders.contains(vector)) << "not even from that one";
    make(4, edge);
    EXPECT_EQ(arch::fake_machine.senders.at(static_cast<std::uint8_t>(vector + 1)),
              arch::FakeMachine::io_apic);
    EXPECT_TRUE(create_message(0, 0x2'0018).failed(abi::Error::not_supported)) << "unconfined";
    EXPECT_TRUE(create_message(0, abi::Word{1} << 32).failed(abi::Error::out_of_range));
}

TEST_F(Interrupts, AreNotAllMessages) {
    EXPECT_TRUE(
        world.call<abi::InterruptMessage>(driver, make(4, edge)).failed(abi::Error::bad_state));
}

TEST_F(Interrupts, RunTheBestOfThoseTheyWake) {
    auto& low = world.add_thread(driver, 120);
    auto& high = world.add_thread(driver, 130);
    auto const one = make(9, level);
    auto const two = make(9, level);
    auto const three = make(9, level);
    bind(one, first, 1);
    bind(two, second, 2);
    bind(three, second, 4);
    EXPECT_FALSE(world.call<abi::NotificationWait>(high, second, abi::Word{0}).returned);
    EXPECT_FALSE(world.call<abi::NotificationWait>(low, first, abi::Word{0}).returned);
    EXPECT_TRUE(world.interrupt(9));
    EXPECT_EQ(world.current(), &high);
    EXPECT_EQ(high.frame.rdx, 2u);
    EXPECT_EQ(low.state, Thread::State::ready);
    EXPECT_EQ(low.frame.rdx, 1u);
    EXPECT_EQ(poll(second), 4u) << "for the next wait";
}

TEST_F(Interrupts, HaveSoManyVectors) {
    std::vector<abi::CapAddress> all;
    for (unsigned n = 0; n < arch::device_vectors - 1u; n++) all.push_back(make_message());
    make(9, level);
    EXPECT_TRUE(create_message().failed(abi::Error::busy));
    EXPECT_TRUE(create(10, edge).failed(abi::Error::busy));
    make(9, level); // has one already
    auto const freed = vector_of(all[7]);
    world.remove(driver, all[7]);
    EXPECT_EQ(vector_of(make_message()), freed);
}

TEST_F(Interrupts, DoNotTakeTheVectorOfTheLastDead) {
    auto const one = make_message();
    auto const vector = vector_of(one);
    world.remove(driver, one);
    EXPECT_NE(vector_of(make_message()), vector) << "its device may still be sending";
}

TEST_F(Interrupts, AreSharedUntilAllHaveAcknowledged) {
    auto const one = make(9, level);
    auto const two = make(9, level);
    EXPECT_TRUE(create(9, edge).failed(abi::Error::busy)) << "another trigger";
    EXPECT_TRUE(create(9, level | active_low).failed(abi::Error::busy)) << "another polarity";
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

TEST_F(Interrupts, AreRefusedForWhatIsNotThere) {
    EXPECT_TRUE(create(~abi::Word{0}, edge).failed(abi::Error::out_of_range));
    EXPECT_TRUE(create(0xffff'ffff, edge).failed(abi::Error::out_of_range));
    EXPECT_TRUE(create(arch::FakeMachine::lines, edge).failed(abi::Error::out_of_range));
    EXPECT_TRUE(create(1, 4).failed(abi::Error::bad_argument));
    EXPECT_TRUE(create(1, edge, 64).failed(abi::Error::out_of_range));
    EXPECT_TRUE(create_message(~abi::Word{0}).failed(abi::Error::out_of_range));
}

} // namespace
} // namespace kernel
