// What happens on one processor by what is done on another: threads are woken, stopped, moved and
// read, pages vanish, and registers follow their threads.

#include <kernel/sched/schedule.hpp>
#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace kernel {
namespace {

using testing::Message;
using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr abi::Word ms = 1'000'000;

/// Two programs that run, each on a processor.
class Remote : public ::testing::Test {
protected:
    World world{8 << 20, 2};
    Program& here = world.add_program({.privileged = true});
    Program& there = world.add_program({.processor = 1});
    abi::CapAddress const its_thread = world.share(there, there[at::thread], here);

    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }

    Processor& first() { return *root().processors[0]; }
    Processor& second() { return *root().processors[1]; }
    testing::Outcome move(Program& program, abi::Word processor) {
        return world.call<abi::SchedContextConfigure>(
            here, here[at::control], world.share(program, program[at::context], here), abi::Word{0},
            abi::Word{0}, processor);
    }
};

TEST_F(Remote, BothRun) {
    EXPECT_EQ(first().current, here.thread);
    EXPECT_EQ(second().current, there.thread);
}

TEST_F(Remote, ASignalWakesAndTheBetterOneRuns) {
    auto const notification = world.make(there, abi::Kind::notification);
    auto const shared = world.share(there, notification, here);
    EXPECT_FALSE(world.call<abi::NotificationWait>(there, notification, abi::Word{0}).returned);
    EXPECT_EQ(second().current, nullptr);
    EXPECT_TRUE(world.call<abi::NotificationSignal>(here, shared, abi::Word{5}).ok());
    EXPECT_EQ(second().current, there.thread);
    EXPECT_EQ(there.thread->frame.rdx, 5u);
    EXPECT_EQ(first().current, here.thread);
}

TEST_F(Remote, IsNotCalledForAnEqual) {
    auto& equal = world.add_program({.processor = 1});
    EXPECT_EQ(second().current, there.thread);
    auto const calls = first().counters.processor_calls;
    auto const handle = world.share(equal, equal[at::thread], here);
    EXPECT_TRUE(world.call<abi::ThreadSuspend>(here, handle).ok());
    EXPECT_TRUE(world.call<abi::ThreadResume>(here, handle).ok());
    EXPECT_EQ(first().counters.processor_calls, calls);
    EXPECT_TRUE(equal.thread->queued);
}

TEST_F(Remote, AKilledThreadIsOffItsProcessor) {
    auto& next = world.add_program({.priority = 50, .processor = 1});
    auto const process = world.share(there, there[at::process], here);
    EXPECT_TRUE(world.call<abi::ProcessKill>(here, process, abi::Word{1}).ok());
    EXPECT_EQ(second().current, next.thread);
}

TEST_F(Remote, ACallThatHadNotBegunIsMadeAgain) {
    // Its registers are saved; it waits for the lock.
    auto& frame = there.thread->frame;
    frame.vector = Frame::syscall;
    auto const before = frame.rip;
    frame.rip += 2;
    world.inside_[1] = true;
    EXPECT_TRUE(world.call<abi::ThreadSuspend>(here, its_thread).ok());
    EXPECT_EQ(frame.rip, before);
    EXPECT_EQ(second().current, nullptr);
    EXPECT_TRUE(world.call<abi::ThreadResume>(here, its_thread).ok());
    EXPECT_EQ(second().current, there.thread);
}

TEST_F(Remote, RegistersAreReadWhereTheyAre) {
    world.on(1);
    arch::fake_machine.fs_base = 0x5000;
    arch::fake_machine.extended_registers[576] = std::byte{42};
    EXPECT_TRUE(world.call<abi::ThreadReadRegisters>(here, its_thread).ok());
    EXPECT_EQ(here.page->registers.fs_base, 0x5000u);
    EXPECT_EQ(here.page->extended_state[576], std::byte{42});
    EXPECT_EQ(second().current, there.thread) << "it goes on";
}

TEST_F(Remote, ExtendedStateMovesWithItsThread) {
    world.on(1);
    arch::fake_machine.extended_registers[576] = std::byte{7};
    EXPECT_TRUE(move(there, 0).ok());
    EXPECT_EQ(second().current, nullptr);
    world.become(*there.thread);
    EXPECT_EQ(first().current, there.thread);
    EXPECT_EQ(arch::fake_machine.extended_registers[576], std::byte{7});
    arch::fake_machine.extended_registers[576] = std::byte{8};
    EXPECT_TRUE(move(there, 1).ok());
    EXPECT_EQ(second().current, there.thread);
    world.on(1);
    EXPECT_EQ(arch::fake_machine.extended_registers[576], std::byte{8});
}

TEST_F(Remote, AThreadMovesItself) {
    auto const moved = move(here, 1);
    EXPECT_TRUE(moved.returned);
    EXPECT_EQ(here.thread->processor, &second());
    EXPECT_EQ(here.thread->frame.rax, 0u);
    EXPECT_EQ(first().current, nullptr);
}

TEST_F(Remote, PagesVanishUnderIt) {
    auto const memory = world.make(there, abi::Kind::memory, 256 << 10);
    auto const attached =
        world.call<abi::SpaceAttach>(there, there[at::space], memory, abi::Word{0});
    for (abi::Word const pages : {3u, 64u}) {
        ASSERT_TRUE(world
                        .call<abi::SpaceMap>(there, there[at::space], attached.value,
                                             abi::Word{0x10'0000}, abi::Word{0}, pages,
                                             abi::Protection::read_write,
                                             abi::RunOperation::map_fresh)
                        .ok());
        world.on(1);
        for (abi::Word i = 0; i < pages; i++)
            ASSERT_TRUE(arch::fake_machine.touch(0x10'0000 + i * abi::page_bytes));
        auto const space = world.share(there, there[at::space], here);
        EXPECT_TRUE(world.call<abi::SpaceUnmap>(here, space, abi::Word{0x10'0000}, pages).ok());
        EXPECT_EQ(broken_invariants(world), "") << "nothing is remembered";
    }
    EXPECT_GT(second().counters.page_flushes, 0u);
    EXPECT_GT(second().counters.tlb_flushes, 0u) << "many at once";
}

TEST_F(Remote, SpacesEndThoughASleeperHasThemLoaded) {
    auto const notification = world.make(there, abi::Kind::notification);
    world.call<abi::NotificationWait>(there, notification, abi::Word{0});
    EXPECT_EQ(second().space, there.space);
    auto const process = world.share(there, there[at::process], here);
    EXPECT_TRUE(world.call<abi::ProcessKill>(here, process, abi::Word{1}).ok());
    EXPECT_EQ(second().space, nullptr);
}

TEST_F(Remote, CallsCrossAndCostThoseWhoMakeThem) {
    auto const door = world.make(there, abi::Kind::endpoint);
    auto const to_door = world.share(there, door, here);
    auto const reply = world.make(there, abi::Kind::reply);
    world.message<abi::EndpointReceive>(*there.thread, door, {.reply = reply});
    world.message<abi::EndpointCall>(*here.thread, to_door,
                                     {.tag = abi::MessageTag{0, 1}, .words = {9}});
    EXPECT_EQ(first().current, nullptr);
    EXPECT_EQ(second().current, there.thread);
    EXPECT_EQ(there.thread->frame.rdi, 9u);
    world.message<abi::EndpointReplyReceive>(*there.thread, door, {.reply = reply});
    EXPECT_EQ(first().current, here.thread);
    EXPECT_EQ(second().current, nullptr);
}

TEST_F(Remote, APassiveServerFollowsItsCallers) {
    auto& caller = world.add_program({.processor = 1});
    auto& server = world.add_program({.priority = 200});
    auto const door = world.make(server, abi::Kind::endpoint);
    auto const reply = world.make(server, abi::Kind::reply);
    world.message<abi::EndpointReceive>(*server.thread, door, {.reply = reply});
    server.thread->bind_context(nullptr);
    for (auto* client : {&caller, &here, &caller}) {
        auto const to_door = world.share(server, door, *client);
        world.message<abi::EndpointCall>(*client->thread, to_door);
        EXPECT_EQ(server.thread->processor, client->context->processor);
        EXPECT_EQ(server.thread->processor->current, server.thread);
        EXPECT_EQ(broken_invariants(world), "");
        world.message<abi::EndpointReplyReceive>(*server.thread, door, {.reply = reply});
        EXPECT_TRUE(schedule::runnable(*client->thread));
    }
}

TEST_F(Remote, AnEndpointIsOneProcessorsOnlyWhileItsReceiversAre) {
    auto const door = world.make(there, abi::Kind::endpoint);
    auto const reply = world.make(there, abi::Kind::reply);
    auto& endpoint = world.object<Endpoint>(there, door);
    world.message<abi::EndpointReceive>(*there.thread, door, {.reply = reply});
    EXPECT_EQ(endpoint.processor, &second());
    EXPECT_TRUE(move(there, 0).ok());
    EXPECT_EQ(endpoint.processor, nullptr) << "the receiver has moved";
    auto const to_door = world.share(there, door, here);
    world.message<abi::EndpointCall>(*here.thread, to_door);
    world.message<abi::EndpointReplyReceive>(*there.thread, door, {.reply = reply});
    EXPECT_EQ(endpoint.processor, &first());
    auto& other = world.add_program({.processor = 1});
    auto const its_reply = world.make(other, abi::Kind::reply);
    auto const its_door = world.share(there, door, other);
    world.message<abi::EndpointReceive>(*other.thread, its_door, {.reply = its_reply});
    EXPECT_EQ(endpoint.processor, nullptr) << "receivers of two processors";
}

/// A server without time, which works on its client's, and has time of its own on the second
/// processor for afterwards.
class RemoteServer : public Remote {
protected:
    Program& server = world.add_program({.priority = 200});
    abi::CapAddress const door = world.make(server, abi::Kind::endpoint);
    abi::CapAddress const reply = world.make(server, abi::Kind::reply);

    void SetUp() override {
        auto* const own = server.context;
        world.message<abi::EndpointReceive>(*server.thread, door, {.reply = reply});
        ASSERT_TRUE(move(server, 1).ok());
        server.thread->bind_context(nullptr);
        world.message<abi::EndpointCall>(*here.thread, world.share(server, door, here));
        ASSERT_EQ(first().current, server.thread);
        server.thread->bind_context(own);
    }
};

TEST_F(RemoteServer, EndsItselfWithItsLastCapability) {
    EXPECT_FALSE(
        world.call<abi::PoolDelete>(server, server[at::pool], server[at::thread]).returned);
    EXPECT_TRUE(World::gone(*server.thread));
    EXPECT_EQ(first().current, nullptr);
}

TEST_F(RemoteServer, LosesItsTurnAndItsClientsTimeInTheSameMoment) {
    auto& equal = world.add_program({.priority = 200});
    ASSERT_TRUE(equal.thread->queued);
    here.context->configure(1 * ms, 10 * ms);
    leave_kernel();
    first().slice_end = first().budget_end;
    schedule::arm_timer();
    world.advance(2 * ms);
    EXPECT_EQ(first().current, equal.thread);
    EXPECT_EQ(second().current, server.thread);
}

TEST_F(Remote, ItsTimeIsUsedUpWhileItIsTakenOffTheProcessor) {
    there.context->configure(1 * ms, 10 * ms);
    world.settle(1);
    world.late = true;
    arch::fake_machine.tsc = second().budget_end;
    EXPECT_TRUE(world.call<abi::ThreadReadRegisters>(here, its_thread).ok());
    EXPECT_TRUE(there.thread->queued);
    // The timer has come on the second processor, which waited for the lock.
    world.on(1);
    schedule::timer_interrupt();
    EXPECT_FALSE(there.thread->queued);
    world.leave();
    EXPECT_EQ(second().current, nullptr);
    world.advance(9 * ms);
    EXPECT_EQ(second().current, there.thread);
}

TEST_F(Remote, ItsTimeComesBackWhileItIsTakenOffTheProcessor) {
    std::vector<abi::CapAddress> timers;
    for (unsigned i = 0; i < 16; i++) timers.push_back(world.make(there, abi::Kind::timer));
    auto const bell = world.make(there, abi::Kind::notification);
    there.context->configure(1 * ms, 10 * ms);
    world.settle(1);
    auto const begun = arch::fake_machine.tsc;
    for (auto const timer : timers)
        ASSERT_TRUE(
            world.call<abi::TimerArm>(there, timer, begun + 5 * ms, bell, abi::Word{1}).ok());
    world.late = true;
    // It is started though it has no time left, as a message may do, and stopped from elsewhere.
    arch::fake_machine.tsc = second().budget_end;
    world.on(1);
    schedule::change_context(second(), *there.context);
    ASSERT_TRUE(there.context->exhausted);
    EXPECT_TRUE(world.call<abi::ThreadReadRegisters>(here, its_thread).ok());
    EXPECT_FALSE(there.thread->queued);
    // It takes the second processor long to get the lock; more is due then than one interrupt does.
    arch::fake_machine.tsc = begun + 20 * ms;
    world.on(1);
    schedule::timer_interrupt();
    world.leave();
    EXPECT_EQ(second().current, there.thread);
}

TEST_F(Remote, PortsAreClosedWhereTheyAreOpen) {
    auto const ports = world.share(here, here[at::io_ports], there);
    EXPECT_TRUE(world.call<abi::PortsEnable>(there, ports).ok());
    world.on(1);
    EXPECT_TRUE(arch::fake_machine.ports.all());
    unsigned budget = ~0u;
    world.on(0);
    teardown::revoke(*there.pool->find(ports), *there.thread, budget);
    world.settle();
    world.on(1);
    EXPECT_TRUE(arch::fake_machine.ports.none());
    EXPECT_EQ(second().current, there.thread);
}

TEST_F(Remote, DeadlinesPassWhereTheyWereSet) {
    auto const notification = world.make(there, abi::Kind::notification);
    auto const deadline = arch::fake_machine.tsc + 1'000'000;
    world.call<abi::NotificationWait>(there, notification, abi::Word{deadline});
    EXPECT_EQ(there.thread->deadline.heap, &second().deadlines);
    world.advance(2'000'000);
    EXPECT_EQ(second().current, there.thread);
    EXPECT_EQ(static_cast<abi::Error>(there.thread->frame.rax), abi::Error::timed_out);
}

} // namespace
} // namespace kernel
