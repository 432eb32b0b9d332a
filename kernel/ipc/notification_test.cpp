// Signals: kept, delivered to whoever waits, by badge, by timer, together with messages.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr abi::CapAddress none{};

class Signals : public ::testing::Test {
protected:
    World world;
    Program& sender = world.add_program({.priority = 50});
    Program& waiter = world.add_program({.priority = 100});
    abi::CapAddress const here = world.make(waiter, abi::Kind::notification);
    abi::CapAddress const there = world.share(waiter, here, sender);
    Notification& notification = world.object<Notification>(waiter, here);

    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }
    bool signal(abi::Word bits) {
        return world.call<abi::NotificationSignal>(sender, there, bits).ok();
    }
};

TEST_F(Signals, AreKeptAndTakenTogether) {
    EXPECT_TRUE(world.call<abi::NotificationPoll>(waiter, here).failed(abi::Error::would_block));
    signal(1);
    signal(4);
    signal(4);
    EXPECT_EQ(world.call<abi::NotificationWait>(waiter, here, abi::Word{0}).value, 5u);
    EXPECT_TRUE(world.call<abi::NotificationPoll>(waiter, here).failed(abi::Error::would_block));
}

TEST_F(Signals, WakeOneWaiterWithAllBits) {
    EXPECT_FALSE(world.call<abi::NotificationWait>(waiter, here, abi::Word{0}).returned);
    auto& second = world.add_thread(sender, 40);
    EXPECT_FALSE(world.call<abi::NotificationWait>(second, there, abi::Word{0}).returned);
    signal(0);
    EXPECT_EQ(waiter.thread->state, Thread::State::waiting) << "no bits, no signal";
    signal(6);
    EXPECT_EQ(world.current(), waiter.thread);
    EXPECT_EQ(waiter.thread->frame.rdx, 6u);
    EXPECT_EQ(second.state, Thread::State::waiting);
    signal(1);
    EXPECT_EQ(second.state, Thread::State::ready);
}

TEST_F(Signals, LetWhoGaveWayGoOnFirst) {
    auto& equal = world.add_thread(sender, 50);
    EXPECT_FALSE(world.call<abi::NotificationWait>(waiter, here, abi::Word{0}).returned);
    signal(1);
    EXPECT_EQ(world.current(), waiter.thread);
    EXPECT_EQ(sender.thread->frame.rax, 0u);
    EXPECT_TRUE(sender.thread->queued);
    EXPECT_FALSE(world.call<abi::NotificationWait>(waiter, here, abi::Word{0}).returned);
    EXPECT_EQ(world.current(), sender.thread) << "before its equal";
    EXPECT_EQ(equal.state, Thread::State::ready);
}

TEST_F(Signals, DoNotRunWhoIsHeld) {
    EXPECT_FALSE(world.call<abi::NotificationWait>(waiter, here, abi::Word{0}).returned);
    waiter.thread->hold(true);
    signal(1);
    EXPECT_EQ(world.current(), sender.thread);
    EXPECT_EQ(waiter.thread->state, Thread::State::ready);
    waiter.thread->hold(false);
    world.leave();
    EXPECT_EQ(world.current(), waiter.thread);
    EXPECT_EQ(waiter.thread->frame.rdx, 1u);
}

TEST_F(Signals, DoNotRunWhoIsNoBetter) {
    auto& equal = world.add_thread(sender, 50);
    EXPECT_FALSE(world.call<abi::NotificationWait>(equal, there, abi::Word{0}).returned);
    world.call<abi::NotificationPoll>(waiter, here);
    waiter.thread->hold(true);
    signal(1);
    EXPECT_EQ(world.current(), sender.thread);
    EXPECT_TRUE(equal.queued);
    waiter.thread->hold(false);
    world.leave();
}

TEST_F(Signals, CarryTheBadgeInsteadOfTheArgument) {
    auto const badged = world.share(waiter, here, sender, abi::all_rights, 0x40);
    world.call<abi::NotificationSignal>(sender, badged, abi::Word{1});
    EXPECT_EQ(world.call<abi::NotificationPoll>(waiter, here).value, 0x40u);
}

TEST_F(Signals, EndAWaitInTime) {
    EXPECT_FALSE(world.call<abi::NotificationWait>(waiter, here, abi::Word{1000}).returned);
    world.advance(999);
    EXPECT_EQ(waiter.thread->state, Thread::State::waiting);
    world.advance(1);
    EXPECT_EQ(waiter.thread->state, Thread::State::ready);
    EXPECT_EQ(static_cast<abi::Error>(waiter.thread->frame.rax), abi::Error::timed_out);
    EXPECT_TRUE(notification.waiters.empty());
    // A deadline that was met leaves nothing behind.
    EXPECT_FALSE(world.call<abi::NotificationWait>(waiter, here, abi::Word{5000}).returned);
    signal(1);
    world.advance(10'000);
    EXPECT_EQ(waiter.thread->frame.rax, 0u);
}

TEST_F(Signals, EndAReceiveOfTheBoundThread) {
    auto const door = world.make(waiter, abi::Kind::endpoint);
    auto const reply = world.make(waiter, abi::Kind::reply);
    EXPECT_TRUE(world.call<abi::ThreadBindNotification>(waiter, waiter[at::thread], here).ok());
    signal(2);
    EXPECT_TRUE(world.message<abi::EndpointReceive>(*waiter.thread, door, {.reply = reply}).ok());
    EXPECT_EQ(waiter.thread->frame.rdi, 2u);
    EXPECT_FALSE(
        world.message<abi::EndpointReceive>(*waiter.thread, door, {.reply = reply}).returned);
    signal(8);
    EXPECT_EQ(waiter.thread->frame.rdi, 8u);
    EXPECT_EQ(waiter.thread->frame.rbx,
              (abi::MessageTag{0, 1}.with(abi::MessageKind::notification).raw));
    EXPECT_EQ(world.object<Reply>(waiter, reply).receiver, nullptr);
}

TEST_F(Signals, ThatWereKeptReachAThreadBoundLater) {
    auto const door = world.make(waiter, abi::Kind::endpoint);
    auto const reply = world.make(waiter, abi::Kind::reply);
    signal(2);
    EXPECT_FALSE(
        world.message<abi::EndpointReceive>(*waiter.thread, door, {.reply = reply}).returned);
    auto const handle = world.share(waiter, waiter[at::thread], sender);
    EXPECT_TRUE(world.call<abi::ThreadBindNotification>(sender, handle, there).ok());
    EXPECT_EQ(waiter.thread->state, Thread::State::ready);
    EXPECT_EQ(waiter.thread->frame.rdi, 2u);
}

TEST_F(Signals, AreBoundToOneThread) {
    auto const handle = world.share(waiter, waiter[at::thread], sender);
    EXPECT_TRUE(world.call<abi::ThreadBindNotification>(sender, handle, there).ok());
    EXPECT_TRUE(world.call<abi::ThreadBindNotification>(sender, handle, there).ok()) << "again";
    EXPECT_TRUE(world.call<abi::ThreadBindNotification>(sender, sender[at::thread], there)
                    .failed(abi::Error::already_bound));
    EXPECT_TRUE(world.call<abi::ThreadBindNotification>(sender, handle, none).ok());
    EXPECT_EQ(notification.bound, nullptr);
    EXPECT_TRUE(world.call<abi::ThreadBindNotification>(sender, sender[at::thread], there).ok());
    world.remove(sender, there);
    world.remove(waiter, here);
    EXPECT_EQ(sender.thread->bound_notification, nullptr) << "the notification is no more";
}

TEST_F(Signals, ComeFromTimers) {
    auto const timer = world.make(sender, abi::Kind::timer);
    EXPECT_TRUE(
        world.call<abi::TimerArm>(sender, timer, abi::Word{100}, there, abi::Word{16}).ok());
    EXPECT_TRUE(
        world.call<abi::TimerArm>(sender, timer, abi::Word{200}, there, abi::Word{32}).ok());
    world.advance(150);
    EXPECT_FALSE(notification.any()) << "the second arming replaced the first";
    world.advance(50);
    EXPECT_EQ(notification.take(), 32u);
    EXPECT_TRUE(world.call<abi::TimerArm>(sender, timer, abi::Word{300}, there, abi::Word{1}).ok());
    EXPECT_TRUE(world.call<abi::TimerCancel>(sender, timer).ok());
    world.advance(1000);
    EXPECT_FALSE(notification.any());
    EXPECT_TRUE(
        world.call<abi::TimerArm>(sender, timer, abi::Word{9000}, there, abi::Word{1}).ok());
    world.remove(sender, timer);
    EXPECT_EQ(world.processor().deadlines.first(), nullptr);
}

TEST_F(Signals, OfATimerEndWithTheCapability) {
    auto const timer = world.make(sender, abi::Kind::timer);
    EXPECT_TRUE(
        world.call<abi::TimerArm>(sender, timer, abi::Word{100}, there, abi::Word{16}).ok());
    EXPECT_TRUE(world.call<abi::PoolRevoke>(waiter, waiter[at::pool], here).ok());
    world.advance(200);
    EXPECT_FALSE(notification.any());
}

TEST_F(Signals, EndTheWaitWhenTheNotificationGoes) {
    EXPECT_FALSE(world.call<abi::NotificationWait>(waiter, here, abi::Word{0}).returned);
    world.remove(sender, there);
    world.remove(waiter, here);
    EXPECT_EQ(static_cast<abi::Error>(waiter.thread->frame.rax), abi::Error::cancelled);
}

} // namespace
} // namespace kernel
