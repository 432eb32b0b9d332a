// Processes of many threads are stopped, started and ended in steps, and others act in between.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr abi::CapAddress none{};
constexpr abi::Word zero = 0;

class ManyThreads : public ::testing::Test {
protected:
    static constexpr unsigned extra = 8;
    World world;
    Program& boss = world.add_program({.priority = 200});
    Program& rival = world.add_program({.priority = 190});
    Program& crew = world.add_program({.bytes = 1 << 20});
    std::vector<Thread*> threads{crew.thread};
    abi::CapAddress const process = world.share(crew, crew[at::process], boss);
    abi::CapAddress const same_process = world.share(crew, crew[at::process], rival);

    void SetUp() override {
        for (unsigned i = 0; i < extra; i++) threads.push_back(&world.add_thread(crew, 50));
        // Their memory outlives what is in the crew's pool.
        for (auto* const thread : threads)
            each_slot(crew, *thread,
                      [&](abi::CapAddress address) { world.share(crew, address, boss); });
        arch::step_budget = 3; // two threads
    }
    void TearDown() override {
        arch::step_budget = 128;
        EXPECT_EQ(broken_invariants(world), "");
    }

    /// The steps that a call takes, with something in between after one of them.
    template <class C, class... A>
    unsigned steps(Thread& thread, unsigned when, std::function<void()> const& between,
                   abi::CapAddress target, A... arguments) {
        world.become(thread);
        world.prepare<C>(thread, target, arguments...);
        unsigned count = 0;
        do {
            thread.frame.rip = World::code;
            world.become(thread);
            world.enter_once(thread);
            EXPECT_EQ(broken_invariants(world), "");
            if (++count == when) between();
        } while (thread.state == Thread::State::ready && thread.frame.rip == World::code);
        return count;
    }
    template <class C, class... A>
    unsigned steps(Thread& thread, abi::CapAddress target, A... arguments) {
        return steps<C>(thread, 0, nullptr, target, arguments...);
    }
    unsigned count(bool (*is)(Thread const&)) const {
        return static_cast<unsigned>(
            std::ranges::count_if(threads, [is](Thread* thread) { return is(*thread); }));
    }
    template <class F> static void each_slot(Program const& program, Thread const& thread, F f) {
        for (std::uint16_t i = 1; i < abi::pool_segment_slots; i++)
            if (program.pool->slot(i)->object == &thread) f(program[i]);
    }
    static bool held(Thread const& thread) { return thread.held; }
    static bool ended(Thread const& thread) { return thread.state == Thread::State::ended; }
};

TEST_F(ManyThreads, AreStoppedAndStarted) {
    EXPECT_EQ(steps<abi::ProcessStop>(*boss.thread, process), 5u);
    EXPECT_EQ(count(held), extra + 1);
    EXPECT_EQ(steps<abi::ProcessStart>(*boss.thread, process), 5u);
    EXPECT_EQ(count(held), 0u);
}

TEST_F(ManyThreads, FollowWhoeverWasLast) {
    steps<abi::ProcessStop>(
        *boss.thread, 2,
        [&] {
            EXPECT_EQ(count(held), 4u);
            EXPECT_TRUE(world.call<abi::ProcessStart>(rival, same_process).ok());
            EXPECT_EQ(count(held), 0u);
        },
        process);
    EXPECT_EQ(count(held), extra + 1);
}

TEST_F(ManyThreads, HoldTheirOwnProcessAndComeLast) {
    auto& self = *threads[3];
    EXPECT_EQ(steps<abi::ProcessStop>(self, crew[at::process]), 5u);
    EXPECT_EQ(count(held), extra + 1);
    EXPECT_EQ(self.frame.rax, 0u);
    EXPECT_EQ(self.frame.rip, World::code + 2);
}

TEST_F(ManyThreads, AreNotAddedWithoutEnd) {
    auto const thread = world.make(crew, abi::Kind::thread);
    crew.process->thread_count += abi::max_process_threads - extra - 1;
    EXPECT_TRUE(world.call<abi::ThreadConfigure>(crew, thread, crew[at::process], none, zero, zero)
                    .failed(abi::Error::out_of_range));
    crew.process->thread_count = extra + 1;
}

TEST_F(ManyThreads, EndAndAreToldOfOnce) {
    auto const bell = world.make(boss, abi::Kind::notification);
    auto& rung = world.object<Notification>(boss, bell);
    ASSERT_TRUE(world.call<abi::ProcessBindEnd>(boss, process, bell, abi::Word{1}).ok());
    auto const late = world.make(crew, abi::Kind::thread);
    auto const the_late = world.share(crew, late, rival);
    steps<abi::ProcessKill>(
        *boss.thread, 2,
        [&] {
            EXPECT_EQ(count(ended), 4u);
            EXPECT_EQ(crew.process->state, abi::ProcessState::ending);
            EXPECT_FALSE(rung.any());
            EXPECT_TRUE(
                world.call<abi::ProcessStart>(rival, same_process).failed(abi::Error::bad_state));
            EXPECT_TRUE(
                world.call<abi::ThreadConfigure>(rival, the_late, same_process, none, zero, zero)
                    .failed(abi::Error::bad_state));
            // The next one in the line is deleted.
            for (auto const number : {4u, 5u}) {
                auto const& thread = *threads[number];
                for (auto const* const program : {&crew, &boss})
                    each_slot(*program, thread,
                              [&](abi::CapAddress address) { world.remove(*program, address); });
                EXPECT_TRUE(World::gone(thread));
            }
            std::erase_if(threads, [](Thread* thread) { return World::gone(*thread); });
        },
        process, abi::Word{7});
    EXPECT_EQ(count(ended), extra - 1);
    EXPECT_EQ(crew.process->exit_code, 7u);
    EXPECT_TRUE(world.call<abi::NotificationWait>(boss, bell, zero).ok());
    EXPECT_TRUE(world.call<abi::ProcessKill>(boss, process, zero).ok());
    EXPECT_FALSE(rung.any()) << "one end";
}

TEST_F(ManyThreads, EndTheirOwnProcessAndComeLast) {
    auto& self = *threads[2];
    steps<abi::ProcessExit>(
        self, 3,
        [&] {
            EXPECT_FALSE(ended(self));
            EXPECT_EQ(count(ended), 6u);
        },
        none, abi::Word{5});
    EXPECT_EQ(count(ended), extra + 1);
    EXPECT_EQ(crew.process->exit_code, 5u);
}

TEST_F(ManyThreads, EndWhenTheirSpaceIsRevoked) {
    auto const space = world.share(crew, crew[at::space], boss);
    EXPECT_GT(steps<abi::PoolRevoke>(*crew.thread, crew[at::pool], crew[at::space]), 3u);
    EXPECT_EQ(count(ended), extra + 1);
    EXPECT_EQ(crew.process->state, abi::ProcessState::ended);
    EXPECT_EQ(boss.pool->find(space), nullptr) << "it was derived from what is revoked";
}

/// Callers of a server that ends.
class ManyCallers : public ManyThreads {
protected:
    Program& server = world.add_program({.priority = 120});
    Program& heir = world.add_program({.priority = 120});
    abi::CapAddress const door = world.make(server, abi::Kind::endpoint);
    abi::CapAddress const reply = world.make(heir, abi::Kind::reply);
    abi::CapAddress const out = world.share(server, door, crew);
    abi::CapAddress const heirs = world.share(server, door, heir);
    abi::CapAddress const victim = world.share(server, server[at::process], boss);

    static bool patient(unsigned i) { return i % 3 != 1; }

    void SetUp() override {
        ManyThreads::SetUp();
        ASSERT_TRUE(world.call<abi::EndpointServe>(server, door).ok());
        for (unsigned i = 0; i < threads.size(); i++) {
            abi::MessageTag tag{};
            if (patient(i)) tag = tag.with(abi::MessageTag::flag_wait_for_server);
            world.message<abi::EndpointCall>(*threads[i], out, {.tag = tag});
        }
    }
    /// The callers that wait, in their order.
    std::vector<Thread*> line() {
        std::vector<Thread*> all;
        for (auto& caller : world.object<Endpoint>(server, door).callers) all.push_back(&caller);
        return all;
    }
    std::vector<Thread*> patient_ones() const {
        std::vector<Thread*> all;
        for (unsigned i = 0; i < threads.size(); i++)
            if (patient(i)) all.push_back(threads[i]);
        return all;
    }
};

TEST_F(ManyCallers, AreToldAndThePatientStayInLine) {
    EXPECT_GE(steps<abi::ProcessKill>(*boss.thread, victim, zero), 4u);
    auto const expected = patient_ones();
    // The pool is empty by now, and the Endpoint lives on by what was shared.
    std::vector<Thread*> found;
    for (auto& caller : static_cast<Endpoint*>(heir.pool->find(heirs)->object)->callers)
        found.push_back(&caller);
    EXPECT_EQ(found, expected);
    for (unsigned i = 0; i < threads.size(); i++)
        if (!patient(i))
            EXPECT_EQ(threads[i]->frame.rax, static_cast<abi::Word>(abi::Error::not_received));
}

/// A server of several threads that has no time but its client's.
class PassiveServer : public ManyCallers {
protected:
    Program& client = world.add_program({.priority = 60});
    abi::CapAddress const last_door = world.make(server, abi::Kind::endpoint);
    abi::CapAddress const first_reply = world.make(server, abi::Kind::reply);
    abi::CapAddress const last_reply = world.make(server, abi::Kind::reply);
    abi::CapAddress const clients = world.share(server, last_door, client);
    Thread& helper = world.add_thread(server, 130);

    void receive(Thread& thread, abi::CapAddress endpoint, abi::CapAddress with) {
        EXPECT_FALSE(
            world.message<abi::EndpointReceive>(thread, endpoint, {.reply = with}).returned);
        thread.bind_context(nullptr);
    }
    void all_end() {
        EXPECT_EQ(server.process->state, abi::ProcessState::ended);
        EXPECT_EQ(server.thread->state, Thread::State::ended);
        EXPECT_EQ(helper.state, Thread::State::ended);
        EXPECT_EQ(client.thread->frame.rax, static_cast<abi::Word>(abi::Error::server_died));
        EXPECT_EQ(client.thread->context, client.context);
        for (unsigned i = 0; i < threads.size(); i++)
            if (!patient(i))
                EXPECT_EQ(threads[i]->frame.rax, static_cast<abi::Word>(abi::Error::not_received));
    }
};

TEST_F(PassiveServer, EndsItselfOnItsClientsTime) {
    receive(*server.thread, last_door, last_reply);
    world.message<abi::EndpointCall>(*client.thread, clients);
    ASSERT_EQ(server.thread->context, client.context);
    EXPECT_GT(steps<abi::ProcessExit>(*server.thread, none, abi::Word{5}), 2u);
    all_end();
}

TEST_F(PassiveServer, EndsItselfOnTimeThatWasPassedOnInIt) {
    auto const inner = world.make(server, abi::Kind::endpoint);
    receive(helper, inner, first_reply);
    receive(*server.thread, last_door, last_reply);
    world.message<abi::EndpointCall>(*client.thread, clients);
    world.message<abi::EndpointCall>(*server.thread, inner);
    ASSERT_EQ(helper.context, client.context);
    EXPECT_GT(steps<abi::ProcessExit>(helper, none, abi::Word{5}), 2u);
    all_end();
}

TEST_F(ManyCallers, CanBeTakenOverHalfWay) {
    steps<abi::ProcessKill>(
        *boss.thread, 2,
        [&] {
            EXPECT_TRUE(
                world.message<abi::EndpointReceive>(*heir.thread, heirs, {.reply = reply}).ok());
        },
        victim, zero);
    EXPECT_EQ(static_cast<Endpoint*>(heir.pool->find(heirs)->object)->server, heir.process);
}

} // namespace
} // namespace kernel
