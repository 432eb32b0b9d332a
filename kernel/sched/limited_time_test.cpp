// Contexts with a budget in the kernel: who runs, on whose time, who hears that it is used up.

#include <kernel/sched/schedule.hpp>
#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <map>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr abi::Word ms = 1'000'000;

class LimitedTime : public ::testing::Test {
protected:
    World world;
    Program& owner = world.add_program({.privileged = true, .priority = 200});

    void SetUp() override {
        world.processor().slice_end = schedule::slice_ns;
        schedule::arm_timer();
    }
    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }

    /// The owner waits from now on, and others may run.
    void step_aside() {
        world.call<abi::NotificationWait>(owner, world.make(owner, abi::Kind::notification),
                                          abi::Word{0});
    }
    testing::Outcome limit(Program& program, abi::Word budget, abi::Word period) {
        return world.call<abi::SchedContextConfigure>(
            owner, owner[at::control], world.share(program, program[at::context], owner), budget,
            period, abi::Word{0});
    }
    /// Who ran how long, in ms.
    std::map<Thread*, double> watch(unsigned ms_long) {
        std::map<Thread*, double> ran;
        for (unsigned i = 0; i < ms_long * 50; i++) {
            ran[world.current()] += 0.02;
            world.advance(20'000);
            if (i % 500 == 0) EXPECT_EQ(broken_invariants(world), "");
        }
        return ran;
    }
    void receive(Program& server, abi::CapAddress door, abi::CapAddress reply) {
        EXPECT_FALSE(
            world.message<abi::EndpointReceive>(*server.thread, door, {.reply = reply}).returned);
    }
};

TEST_F(LimitedTime, AHogLeavesTheRestToOthers) {
    auto& hog = world.add_program({.priority = 150});
    auto& low = world.add_program({.priority = 10});
    ASSERT_TRUE(limit(hog, 10 * ms, 100 * ms).ok());
    step_aside();
    auto ran = watch(1000);
    EXPECT_NEAR(ran[hog.thread], 100, 1);
    EXPECT_NEAR(ran[low.thread], 900, 1);
    EXPECT_EQ(world.call<abi::SchedContextRead>(hog, hog[at::context]).value,
              hog.context->consumed);
}

TEST_F(LimitedTime, TwoWithBudgetsAndOneWithout) {
    auto& first = world.add_program({.priority = 150});
    auto& second = world.add_program({.priority = 150});
    auto& low = world.add_program({.priority = 10});
    ASSERT_TRUE(limit(first, 10 * ms, 50 * ms).ok());
    ASSERT_TRUE(limit(second, 3 * ms, 10 * ms).ok());
    step_aside();
    auto ran = watch(1000);
    // Who is displaced in the middle of his stretch gets it back a little late.
    EXPECT_NEAR(ran[first.thread], 195, 10);
    EXPECT_NEAR(ran[second.thread], 290, 15);
    EXPECT_NEAR(ran[low.thread] + ran[first.thread] + ran[second.thread], 1000, 1);
}

TEST_F(LimitedTime, NobodyRunsWhenAllIsUsedUp) {
    auto& hog = world.add_program();
    ASSERT_TRUE(limit(hog, 1 * ms, 10 * ms).ok());
    step_aside();
    world.advance(2 * ms);
    EXPECT_EQ(world.current(), nullptr);
    EXPECT_TRUE(hog.context->exhausted);
    world.advance(9 * ms);
    EXPECT_EQ(world.current(), hog.thread);
}

TEST_F(LimitedTime, ItsLimitCanBeTakenAwayWhileItWaits) {
    auto& hog = world.add_program();
    ASSERT_TRUE(limit(hog, 1 * ms, 1000 * ms).ok());
    auto const door = world.make(owner, abi::Kind::notification);
    world.call<abi::NotificationWait>(owner, door, abi::Word{5 * ms});
    world.advance(6 * ms);
    ASSERT_TRUE(hog.context->exhausted);
    ASSERT_EQ(world.current(), owner.thread);
    ASSERT_TRUE(limit(hog, 0, 0).ok());
    step_aside();
    EXPECT_EQ(world.current(), hog.thread);
    world.advance(2000 * ms);
    EXPECT_EQ(world.current(), hog.thread);
}

TEST_F(LimitedTime, ItsOwnerMayLimitItself) {
    auto& low = world.add_program({.priority = 10});
    ASSERT_TRUE(world
                    .call<abi::SchedContextConfigure>(owner, owner[at::control], owner[at::context],
                                                      1 * ms, 10 * ms, abi::Word{0})
                    .ok());
    auto ran = watch(100);
    EXPECT_NEAR(ran[owner.thread], 10, 0.5);
    EXPECT_NEAR(ran[low.thread], 90, 0.5);
}

TEST_F(LimitedTime, AnEndedContextIsForgotten) {
    auto& hog = world.add_program();
    ASSERT_TRUE(limit(hog, 1 * ms, 10 * ms).ok());
    step_aside();
    world.advance(2 * ms);
    ASSERT_TRUE(hog.context->refill.armed());
    unsigned budget = ~0u;
    teardown::revoke(*hog.pool->slot(at::untyped), *hog.thread, budget);
    world.reap();
    EXPECT_EQ(broken_invariants(world), "");
    world.advance(100 * ms);
}

/// Made without the right to unlimited time, it has none until it is given some.
TEST_F(LimitedTime, IsNotMadeOfMemoryAlone) {
    auto& program = world.add_program({.priority = 50});
    auto const number = program.free_slot();
    auto const retype = abi::mask(abi::UntypedRights::retype);
    ASSERT_TRUE(
        world.call<abi::PoolCopy>(program, program[at::pool], number, program[at::untyped], retype)
            .ok());
    // Nor of an Untyped that was made of it.
    auto const small = program.free_slot();
    ASSERT_TRUE(world
                    .call<abi::UntypedRetype>(program, program[number], abi::Kind::untyped,
                                              abi::Word{8192}, abi::CapAddress{},
                                              abi::Place{{}, small}, abi::Cache::write_back)
                    .ok());
    for (auto const from : {number, small}) {
        auto const made = program.free_slot();
        ASSERT_TRUE(world
                        .call<abi::UntypedRetype>(program, program[from], abi::Kind::sched_context,
                                                  abi::Word{0}, abi::CapAddress{},
                                                  abi::Place{{}, made}, abi::Cache::write_back)
                        .ok());
        auto& thread = world.add_thread(program, 120, true);
        thread.bind_context(&world.object<SchedContext>(program, program[made]));
        leave_kernel();
        EXPECT_FALSE(schedule::runnable(thread));
        EXPECT_EQ(broken_invariants(world), "");
        thread.own_context->configure(1 * ms, 10 * ms);
        EXPECT_TRUE(schedule::runnable(thread));
    }
}

TEST_F(LimitedTime, CeilingsComeDownWithTheMemory) {
    auto& program = world.add_program({.priority = 50});
    auto const number = program.free_slot();
    ASSERT_TRUE(world
                    .call<abi::PoolMint>(program, program[at::pool], number, program[at::untyped],
                                         abi::all_rights, abi::Word{60}, abi::Word{0})
                    .ok());
    auto const higher =
        world.call<abi::PoolMint>(program, program[at::pool], program.free_slot(), program[number],
                                  abi::all_rights, abi::Word{61}, abi::Word{0});
    EXPECT_TRUE(higher.failed(abi::Error::no_rights));
    auto const small = program.free_slot();
    ASSERT_TRUE(world
                    .call<abi::UntypedRetype>(program, program[number], abi::Kind::untyped,
                                              abi::Word{8192}, abi::CapAddress{},
                                              abi::Place{{}, small}, abi::Cache::write_back)
                    .ok());
    auto const made = program.free_slot();
    ASSERT_TRUE(world
                    .call<abi::UntypedRetype>(program, program[small], abi::Kind::thread,
                                              abi::Word{0}, abi::CapAddress{}, abi::Place{{}, made},
                                              abi::Cache::write_back)
                    .ok());
    EXPECT_TRUE(world.call<abi::ThreadSetPriority>(program, program[made], abi::Word{60}).ok());
    EXPECT_TRUE(world.call<abi::ThreadSetPriority>(program, program[made], abi::Word{61})
                    .failed(abi::Error::no_rights));
}

// ---- along calls -------------------------------------------------------------------------------

/// A client with 5 ms in 50, a passive server, and one who hears of timeouts.
class LentLimits : public LimitedTime {
protected:
    Program& client = world.add_program({.priority = 50});
    Program& server = world.add_program({.priority = 100});
    Program& watcher = world.add_program({.priority = 150});
    abi::CapAddress const door = world.make(server, abi::Kind::endpoint);
    abi::CapAddress const reply = world.make(server, abi::Kind::reply);
    abi::CapAddress const to_server = world.share(server, door, client);
    abi::CapAddress const alarm = world.make(watcher, abi::Kind::endpoint);
    abi::CapAddress const alarm_reply = world.make(watcher, abi::Kind::reply);
    SchedContext* own = server.context;

    void SetUp() override {
        LimitedTime::SetUp();
        ASSERT_TRUE(limit(client, 5 * ms, 50 * ms).ok());
        receive(server, door, reply);
        server.thread->bind_context(nullptr);
    }
    void set_timeout() {
        auto const server_thread = world.share(server, server[at::thread], owner);
        ASSERT_TRUE(
            world
                .call<abi::ThreadSetTimeout>(
                    owner, server_thread, world.share(watcher, alarm, owner, abi::all_rights, 77))
                .ok());
        receive(watcher, alarm, alarm_reply);
        step_aside();
    }
    void call_server() {
        world.message<abi::EndpointCall>(*client.thread, to_server);
        ASSERT_EQ(world.current(), server.thread);
        ASSERT_EQ(server.thread->context, client.context);
    }
};

TEST_F(LentLimits, TheServerWaitsWithItsClient) {
    step_aside();
    world.call<abi::NotificationWait>(watcher, world.make(watcher, abi::Kind::notification),
                                      abi::Word{0});
    call_server();
    world.advance(6 * ms);
    EXPECT_EQ(world.current(), nullptr);
    EXPECT_EQ(broken_invariants(world), "");
    world.advance(46 * ms);
    EXPECT_EQ(world.current(), server.thread);
    world.message<abi::EndpointReplyReceive>(*server.thread, door, {.reply = reply});
    EXPECT_EQ(world.current(), client.thread);
}

TEST_F(LentLimits, TheWatcherHears) {
    set_timeout();
    call_server();
    world.advance(6 * ms);
    ASSERT_EQ(world.current(), watcher.thread);
    auto& frame = watcher.thread->frame;
    EXPECT_EQ(abi::MessageTag{frame.rbx}.kind(), abi::MessageKind::timeout);
    EXPECT_EQ(frame.r14, 77u);
    EXPECT_EQ(frame.rdi, client.context->refill.at);
    EXPECT_EQ(frame.rsi, client.context->consumed);
    EXPECT_EQ(broken_invariants(world), "");
    // It answers, and the server goes on once its client has time.
    auto const rip = server.thread->frame.rip;
    world.message<abi::EndpointReplyReceive>(*watcher.thread, alarm, {.reply = alarm_reply});
    EXPECT_EQ(world.current(), nullptr);
    world.advance(46 * ms);
    EXPECT_EQ(world.current(), server.thread);
    EXPECT_EQ(server.thread->frame.rip, rip);
}

TEST_F(LentLimits, TheWatcherGivesTheServerTimeOfItsOwn) {
    set_timeout();
    call_server();
    world.advance(6 * ms);
    ASSERT_EQ(world.current(), watcher.thread);
    // The client's time goes home, and it gets no answer before it has some.
    server.thread->return_lent_time();
    server.thread->bind_context(own);
    world.message<abi::EndpointReplyReceive>(*watcher.thread, alarm, {.reply = alarm_reply});
    EXPECT_EQ(world.current(), server.thread);
    EXPECT_EQ(client.thread->context, client.context);
    EXPECT_EQ(broken_invariants(world), "");
    world.message<abi::EndpointReplyReceive>(*server.thread, door, {.reply = reply});
    leave_kernel();
    EXPECT_EQ(broken_invariants(world), "");
    world.advance(1 * ms);
    EXPECT_EQ(world.current(), nullptr) << "out of time";
    world.advance(45 * ms);
    EXPECT_EQ(world.current(), client.thread);
}

TEST_F(LentLimits, WithoutAWatcherNobodyIsLost) {
    set_timeout();
    call_server();
    auto const before = server.thread->frame;
    world.advance(6 * ms);
    ASSERT_EQ(world.current(), watcher.thread);
    World::end(*watcher.process);
    leave_kernel();
    EXPECT_EQ(server.thread->state, Thread::State::ready);
    EXPECT_EQ(server.thread->frame.rax, before.rax)
        << "it was interrupted between two instructions";
    EXPECT_EQ(server.thread->frame.rdx, before.rdx);
    EXPECT_EQ(broken_invariants(world), "");
    world.advance(46 * ms);
    EXPECT_EQ(world.current(), server.thread);
}

TEST_F(LentLimits, TheServerGoesOnWithTimeOfItsOwn) {
    step_aside();
    world.call<abi::NotificationWait>(watcher, world.make(watcher, abi::Kind::notification),
                                      abi::Word{0});
    call_server();
    server.thread->bind_context(own); // for when it is needed
    world.advance(6 * ms);
    EXPECT_EQ(world.current(), server.thread);
    EXPECT_EQ(server.thread->context, own);
    EXPECT_EQ(client.thread->context, client.context);
    EXPECT_TRUE(client.context->exhausted);
    EXPECT_EQ(broken_invariants(world), "");
}

TEST_F(LentLimits, TheClientGivesUp) {
    set_timeout();
    call_server();
    world.advance(6 * ms);
    client.thread->kick();
    EXPECT_EQ(client.thread->context, client.context);
    EXPECT_EQ(broken_invariants(world), "");
    leave_kernel();
    EXPECT_NE(world.current(), client.thread);
    world.message<abi::EndpointReplyReceive>(*watcher.thread, alarm, {.reply = alarm_reply});
    EXPECT_EQ(world.current(), nullptr) << "the server has no time, its client not yet";
    world.advance(46 * ms);
    EXPECT_EQ(world.current(), client.thread);
}

TEST_F(LimitedTime, WhoIsOutOfTimeHasNoTurnToPassOn) {
    auto& server = world.add_program({.priority = 150});
    auto& client = world.add_program({.priority = 150});
    auto& equal = world.add_program({.priority = 150});
    auto const door = world.make(server, abi::Kind::endpoint);
    auto const to_server = world.share(server, door, client);
    ASSERT_TRUE(limit(server, ms, 10 * ms).ok());
    step_aside();
    // What it leaves is too little to begin with again, which is found when it has been called.
    world.become(*server.thread);
    world.advance(ms - 5000);
    receive(server, door, world.make(server, abi::Kind::reply));
    world.message<abi::EndpointCall>(*client.thread, to_server);
    ASSERT_EQ(world.current(), server.thread);
    ASSERT_TRUE(server.context->exhausted);
    world.call<abi::Yield>(server, {});
    EXPECT_EQ(world.current(), equal.thread);
    EXPECT_FALSE(server.thread->queued);
}

} // namespace
} // namespace kernel
