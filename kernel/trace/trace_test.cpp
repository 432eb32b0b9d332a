#include <kernel/testing/world.hpp>
#include <kernel/trace/trace.hpp>

#include <gtest/gtest.h>

#include <cstring>

namespace kernel {
namespace {

using testing::World;
namespace at = testing::at;
using Kind = abi::TraceKind;

struct Event {
    Kind kind;
    bool stays;
    std::uint32_t detail;
    std::uint32_t thread;
    std::uint32_t request;
    bool operator==(Event const&) const = default;
};

class Trace : public ::testing::Test {
protected:
    World world;
    abi::TraceRing& ring = *world.processor().trace;
    std::uint64_t read = 0;

    void SetUp() override { read = ring.written; }

    /// What has been written since the last look, but for what the scheduler did in the tests' own
    /// way.
    std::vector<Event> events() {
        std::vector<Event> found;
        for (; read < ring.written; read++) {
            auto const what = ring.what[read % abi::trace_records];
            auto const event =
                Event{static_cast<Kind>(what & abi::TraceWhat::kind_mask),
                      (what & abi::TraceWhat::stays) != 0,
                      static_cast<std::uint32_t>(what >> abi::TraceWhat::detail_shift) &
                          abi::TraceWhat::detail_mask,
                      static_cast<std::uint32_t>(what >> abi::TraceWhat::thread_shift) & 0xffff,
                      static_cast<std::uint32_t>(what >> abi::TraceWhat::request_shift)};
            if (event.kind != Kind::run) found.push_back(event);
        }
        return found;
    }
    static std::uint32_t number(Thread const& thread) {
        return thread.trace.thread >> abi::TraceWhat::thread_shift;
    }
};

TEST_F(Trace, KnowsWhoCalledWhom) {
    auto& client = world.add_program();
    auto& server = world.add_program();
    auto const endpoint = world.make(server, abi::Kind::endpoint);
    auto const reply = world.make(server, abi::Kind::reply);
    auto const theirs = world.share(server, endpoint, client);
    world.message<abi::EndpointReceive>(*server.thread, endpoint, {.reply = reply});
    for (auto* program : {&client, &server}) trace::introduce(*program->thread);
    auto const request = client.thread->trace.request;
    events();

    world.message<abi::EndpointCall>(*client.thread, theirs, {});
    EXPECT_EQ(events(),
              (std::vector{Event{Kind::call, false, 0, number(*server.thread), request}}));
    EXPECT_EQ(server.thread->trace.request, request) << "it works on what the client works on";
    world.message<abi::EndpointReplyReceive>(*server.thread, endpoint, {.reply = reply});
    EXPECT_EQ(events(),
              (std::vector{Event{Kind::answer, false, 0, number(*client.thread), request}}));

    // Nobody receives: the call waits, and is taken later.
    world.call<abi::ThreadKick>(client, world.share(server, server[at::thread], client));
    events();
    world.message<abi::EndpointCall>(*client.thread, theirs, {});
    EXPECT_EQ(events(), (std::vector{Event{Kind::call, true, 0, 0, request}}));
    world.message<abi::EndpointReceive>(*server.thread, endpoint, {.reply = reply});
    EXPECT_EQ(events(), (std::vector{Event{Kind::take, true, 0, number(*client.thread), request}}));
}

TEST_F(Trace, GivesEachForeignCallARequestOfItsOwn) {
    auto& server = world.add_program();
    auto& linux = world.add_program({.foreign = true});
    auto const endpoint = world.make(server, abi::Kind::endpoint);
    auto const reply = world.make(server, abi::Kind::reply);
    auto const thread = world.share(linux, linux[at::thread], server);
    ASSERT_TRUE(world.call<abi::ThreadSetKeeper>(server, thread, endpoint).ok());
    for (auto* program : {&linux, &server}) trace::introduce(*program->thread);
    std::uint32_t last = linux.thread->trace.request;
    for (abi::Word const call : {39u, 1000u}) {
        world.message<abi::EndpointReceive>(*server.thread, endpoint, {.reply = reply});
        events();
        world.become(*linux.thread);
        world.foreign_call(*linux.thread, call);
        EXPECT_EQ(events(),
                  (std::vector{Event{Kind::foreign_call, false, static_cast<std::uint32_t>(call),
                                     number(*server.thread), ++last}}));
        world.message<abi::ReplySend>(*server.thread, reply, {});
        events();
    }
}

TEST_F(Trace, TellsNamesAndMarks) {
    auto& program = world.add_program();
    trace::introduce(*program.thread);
    events();
    ASSERT_TRUE(
        world.call<abi::ProcessName>(program, program[at::process], 0x6c6c656873ull, 0ull, 0ull)
            .ok());
    auto const named = events();
    ASSERT_EQ(named.size(), 4u);
    EXPECT_EQ(std::memcmp(&ring.time[(read - 4) % abi::trace_records], "shell\0", 6), 0);
    EXPECT_EQ(named.back().kind, Kind::process_named);
    EXPECT_EQ(named.back().thread, program.process->number);

    ASSERT_TRUE(world.call<abi::TraceMark>(program, {}, abi::Word{77}).ok());
    EXPECT_EQ(events(), (std::vector{Event{Kind::value, true, 0, 0, 0},
                                     Event{Kind::mark, true, 0, number(*program.thread),
                                           program.thread->trace.request}}));
    EXPECT_EQ(ring.time[(read - 2) % abi::trace_records], 77u);
}

TEST_F(Trace, GoesRoundAndRound) {
    auto& program = world.add_program();
    events();
    for (unsigned i = 0; i < abi::trace_records; i++)
        trace::note(*program.thread, trace::of(Kind::wake));
    EXPECT_EQ(ring.written - read, abi::trace_records);
    events();
    trace::note(*program.thread, trace::of(Kind::wake, 5));
    EXPECT_EQ(events().back().detail, 5u);
}

} // namespace
} // namespace kernel
