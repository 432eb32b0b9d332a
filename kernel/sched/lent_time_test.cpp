// Time that a caller lends to a server without any: it goes along with nested calls and finds its
// way home, whoever ends in between.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

using testing::Message;
using testing::Program;
using testing::World;
namespace at = testing::at;

/// A client, a server that works for it, and a second server that works for the first.
class LentTime : public ::testing::Test {
protected:
    World world;
    Program& client = world.add_program({.priority = 50});
    Program& middle = world.add_program({.priority = 100});
    Program& last = world.add_program({.priority = 150});
    abi::CapAddress const middle_door = world.make(middle, abi::Kind::endpoint);
    abi::CapAddress const last_door = world.make(last, abi::Kind::endpoint);
    abi::CapAddress const to_middle = world.share(middle, middle_door, client);
    abi::CapAddress const to_last = world.share(last, last_door, middle);
    abi::CapAddress const middle_reply = world.make(middle, abi::Kind::reply);
    abi::CapAddress const last_reply = world.make(last, abi::Kind::reply);

    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }

    void receive(Program& server, abi::CapAddress door, abi::CapAddress reply) {
        EXPECT_FALSE(
            world.message<abi::EndpointReceive>(*server.thread, door, {.reply = reply}).returned);
    }
    /// Take a server's own time away, as its owner does once it waits.
    void make_passive(Program& server) { server.thread->bind_context(nullptr); }

    /// Client calls middle, which calls last: both servers on the client's time.
    void call_through() {
        receive(middle, middle_door, middle_reply);
        receive(last, last_door, last_reply);
        make_passive(middle);
        make_passive(last);
        world.message<abi::EndpointCall>(*client.thread, to_middle);
        ASSERT_EQ(world.current(), middle.thread);
        world.message<abi::EndpointCall>(*middle.thread, to_last);
        ASSERT_EQ(world.current(), last.thread);
        ASSERT_EQ(last.thread->context, client.context);
    }
};

TEST_F(LentTime, GoesAlongAndComesBack) {
    call_through();
    world.message<abi::EndpointReplyReceive>(*last.thread, last_door, {.reply = last_reply});
    EXPECT_EQ(world.current(), middle.thread);
    EXPECT_EQ(middle.thread->context, client.context);
    world.message<abi::EndpointReplyReceive>(*middle.thread, middle_door, {.reply = middle_reply});
    EXPECT_EQ(world.current(), client.thread);
    EXPECT_EQ(client.thread->context, client.context);
}

TEST_F(LentTime, ComesHomeWhenTheOneInTheMiddleEnds) {
    call_through();
    World::end(*middle.process);
    EXPECT_EQ(client.thread->context, client.context);
    EXPECT_EQ(static_cast<abi::Error>(client.thread->frame.rax), abi::Error::server_died);
    EXPECT_EQ(last.thread->context, nullptr);
    leave_kernel();
    EXPECT_EQ(world.current(), client.thread);
}

TEST_F(LentTime, ComesHomeWhenTheCallerGivesUp) {
    call_through();
    client.thread->kick();
    EXPECT_EQ(client.thread->context, client.context);
    EXPECT_EQ(middle.thread->lent_by, nullptr);
    EXPECT_EQ(last.thread->lent_by, nullptr);
    leave_kernel();
    EXPECT_EQ(world.current(), client.thread);
    EXPECT_EQ(broken_invariants(world), "");
    World::end(*last.process);
    World::end(*middle.process);
}

TEST_F(LentTime, IsGoneWhenItsContextGoes) {
    call_through();
    client.context->take_back();
    leave_kernel();
    EXPECT_EQ(broken_invariants(world), "");
    World::end(*last.process);
    World::end(*middle.process);
    World::end(*client.process);
}

TEST_F(LentTime, ComesHomeWhenTheReplyIsDestroyed) {
    call_through();
    world.remove(middle, middle_reply);
    EXPECT_EQ(client.thread->context, client.context);
    EXPECT_EQ(static_cast<abi::Error>(client.thread->frame.rax), abi::Error::server_died);
}

TEST_F(LentTime, StaysWithAServerThatQueuesForAnother) {
    receive(middle, middle_door, middle_reply);
    make_passive(middle);
    world.message<abi::EndpointCall>(*client.thread, to_middle);
    // Nobody receives at the last door yet.
    auto const tag = abi::MessageTag{}.with(abi::MessageTag::flag_wait_for_server);
    world.message<abi::EndpointCall>(*middle.thread, to_last, {.tag = tag});
    EXPECT_EQ(broken_invariants(world), "");
    world.message<abi::EndpointReceive>(*last.thread, last_door, {.reply = last_reply});
    world.message<abi::ReplySend>(*last.thread, last_reply);
    EXPECT_EQ(middle.thread->state, Thread::State::ready);
    EXPECT_TRUE(schedule::runnable(*middle.thread));
    world.message<abi::EndpointReplyReceive>(*middle.thread, middle_door, {.reply = middle_reply});
    EXPECT_TRUE(schedule::runnable(*client.thread));
}

TEST_F(LentTime, StaysWithAServerWhoseKeeperIsBusy) {
    receive(middle, middle_door, middle_reply);
    make_passive(middle);
    auto& keeper = *last.pool->find(last_door);
    derivation::derive(middle.thread->keeper, keeper, keeper.rights, 0);
    world.message<abi::EndpointCall>(*client.thread, to_middle);
    world.page_fault(*middle.thread, 0x1000, 0);
    EXPECT_EQ(middle.thread->state, Thread::State::calling);
    world.message<abi::EndpointReceive>(*last.thread, last_door, {.reply = last_reply});
    world.message<abi::ReplySend>(*last.thread, last_reply);
    EXPECT_TRUE(schedule::runnable(*middle.thread));
}

TEST_F(LentTime, GivesWayToTimeOfOnesOwn) {
    receive(middle, middle_door, middle_reply);
    auto* const own = middle.thread->own_context;
    make_passive(middle);
    world.message<abi::EndpointCall>(*client.thread, to_middle);
    middle.thread->bind_context(own);
    EXPECT_EQ(middle.thread->context, client.context) << "still at work for the client";
    EXPECT_EQ(broken_invariants(world), "");
    world.message<abi::EndpointReplyReceive>(*middle.thread, middle_door, {.reply = middle_reply});
    EXPECT_EQ(middle.thread->context, own);
    EXPECT_EQ(client.thread->context, client.context);
}

TEST_F(LentTime, OwnTimeWaitsWhileLentTimeIsPassedOn) {
    auto* const own = middle.thread->own_context;
    call_through();
    middle.thread->bind_context(own);
    EXPECT_EQ(broken_invariants(world), "");
    world.message<abi::EndpointReplyReceive>(*last.thread, last_door, {.reply = last_reply});
    EXPECT_EQ(middle.thread->context, client.context);
    EXPECT_EQ(broken_invariants(world), "");
    world.message<abi::EndpointReplyReceive>(*middle.thread, middle_door, {.reply = middle_reply});
    EXPECT_EQ(middle.thread->context, own);
}

} // namespace
} // namespace kernel
