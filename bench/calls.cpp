// Call and reply: from this process to a server and back.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

#include <runtime/own.hpp>

namespace bench {

using namespace lab;

namespace {

void serve_empty(abi::Word endpoint, abi::Word reply) {
    auto const at = abi::CapAddress(static_cast<std::uint32_t>(endpoint));
    auto const with = abi::CapAddress(static_cast<std::uint32_t>(reply));
    runtime::receive(at, with);
    for (;;) runtime::reply_receive(at, with, abi::MessageTag{0, 0});
}

void serve_eight(abi::Word endpoint, abi::Word reply) {
    auto const at = abi::CapAddress(static_cast<std::uint32_t>(endpoint));
    auto const with = abi::CapAddress(static_cast<std::uint32_t>(reply));
    auto request = runtime::receive(at, with);
    for (;;) request = runtime::reply_receive(at, with, abi::MessageTag{0, 8}, request.words);
}

using Server = void(abi::Word, abi::Word);
enum class Time { lent, own, limited };

struct Meeting {
    runtime::Owned<runtime::Endpoint> endpoint =
        must(kit().memory.make<runtime::Endpoint>(), "endpoint");
    runtime::Owned<runtime::Reply> reply = must(kit().memory.make<runtime::Reply>(), "reply");
};

void measure_server(std::string_view name, Worker const& server, Meeting const& meeting, Time time,
                    unsigned words) {
    server.start();
    server.settle();
    if (time == Time::lent) server.make_passive();
    runtime::SchedContext const own(runtime::first_context);
    if (time == Time::limited)
        for (auto const context : {own, server.context()})
            must(kit().control.set_budget(context, 10'000'000, 10'000'000, 0), "a budget");
    auto const endpoint = meeting.endpoint.address();
    if (words == 0)
        measure(name, [=] { runtime::call(endpoint, abi::MessageTag{0, 0}); });
    else
        measure(name, [=] {
            runtime::call(endpoint, abi::MessageTag{0, 8},
                          runtime::RegisterWords{1, 2, 3, 4, 5, 6, 7});
        });
    if (time == Time::limited) must(kit().control.set_budget(own, 0, 0, 0), "no budget");
}

void in_other_space(std::string_view name, Server* function, Time time, unsigned words) {
    OwnImage const image;
    Neighbour other(image, "bench-server");
    Meeting const meeting;
    Worker const server(
        other.process(), other.space(), function,
        {other.give(meeting.endpoint.address()).raw, other.give(meeting.reply.address()).raw},
        {.priority = kit().priority});
    measure_server(name, server, meeting, time, words);
}

void in_same_space(std::string_view name) {
    Meeting const meeting;
    Worker const server(runtime::own_process, {}, serve_empty,
                        {meeting.endpoint.address().raw, meeting.reply.address().raw},
                        {.priority = kit().priority});
    measure_server(name, server, meeting, Time::lent, 0);
}

} // namespace

void measure_calls() {
    in_other_space("kernel/call-reply/other-space/0-words", serve_empty, Time::lent, 0);
    in_other_space("kernel/call-reply/other-space/8-words", serve_eight, Time::lent, 8);
    in_same_space("kernel/call-reply/same-space/0-words");
    in_other_space("kernel/call-reply/active-server/0-words", serve_empty, Time::own, 0);
    in_other_space("kernel/call-reply/active-server/budgets", serve_empty, Time::limited, 0);
}

} // namespace bench
