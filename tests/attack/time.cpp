// Time that was not given: priorities above the ceiling, time without a budget, more of it than the
// budget; and whose time a server uses. How long somebody runs is only asked where the clock counts
// instructions.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>

#include <runtime/clock.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/worker.hpp>
#include <runtime/own.hpp>

namespace attack {

namespace {

using abi::Error;
using abi::Word;
using lab::must;

constexpr Word ms = 1'000'000;

bool counted() { return lab::argument("clock=") == "counted"; }

Error error_of(auto const& result) { return result ? Error::ok : result.error(); }

runtime::Untyped memory() { return lab::kit().memory; }

// ---- what workers do ---------------------------------------------------------------------------

[[noreturn]] void spin(Word) {
    for (;;) asm volatile("");
}

/// Answer each call after so long.
[[noreturn]] void serve_slowly(Word endpoint, Word reply, Word ns) {
    auto const at = abi::CapAddress(static_cast<std::uint32_t>(endpoint));
    auto const with = abi::CapAddress(static_cast<std::uint32_t>(reply));
    runtime::receive(at, with);
    for (;;) {
        for (auto const until = runtime::now_ns() + ns; runtime::now_ns() < until;) {
        }
        runtime::reply_receive(at, with, abi::MessageTag{0, 0});
    }
}

/// Call the next one for each call.
[[noreturn]] void pass_on(Word endpoint, Word reply, Word next) {
    auto const at = abi::CapAddress(static_cast<std::uint32_t>(endpoint));
    auto const with = abi::CapAddress(static_cast<std::uint32_t>(reply));
    runtime::receive(at, with);
    for (;;) {
        runtime::call(abi::CapAddress(static_cast<std::uint32_t>(next)), abi::MessageTag{0, 0});
        runtime::reply_receive(at, with, abi::MessageTag{0, 0});
    }
}

[[noreturn]] void call_for_ever(Word endpoint) {
    for (;;)
        runtime::call(abi::CapAddress(static_cast<std::uint32_t>(endpoint)), abi::MessageTag{0, 0});
}

struct Meeting {
    runtime::Owned<runtime::Endpoint> endpoint = must(memory().make<runtime::Endpoint>(), "door");
    runtime::Owned<runtime::Reply> reply = must(memory().make<runtime::Reply>(), "reply");
    Word door() const { return endpoint.address().raw; }
    Word answer() const { return reply.address().raw; }
};

template <class... A>
lab::Worker worker(void (*function)(A...), lab::Arguments const& arguments, int above) {
    return {runtime::own_process,
            {},
            function,
            arguments,
            {.priority = lab::kit().priority + static_cast<Word>(above)}};
}

void limit(lab::Worker const& whom, Word budget, Word period) {
    must(lab::kit().control.set_budget(whom.context(), budget, period, 0), "a budget");
}

/// How long others ran while we wanted to, in `ns`.
Word lost_in(Word ns) {
    auto last = runtime::now_ns();
    Word lost = 0;
    for (auto const end = last + ns; last < end;) {
        auto const now = runtime::now_ns();
        if (now - last > ms / 10) lost += now - last;
        last = now;
    }
    return lost;
}

bool about(Word value, Word wanted, Word off) {
    return value + off >= wanted && value <= wanted + off;
}

// ---- priority ----------------------------------------------------------------------------------

void no_way_above_the_ceiling() {
    Outcome outcome("attack/time/no-way-above-the-ceiling");
    auto const low = must(runtime::mint(memory(), abi::all_rights, 50), "a ceiling");
    outcome.expect(Error::no_rights, error_of(runtime::mint(low.view(), abi::all_rights, 51)),
                   "a higher ceiling is minted");
    auto const inside = must(low.split(1 << 16), "split");
    for (auto const from : {low.view(), inside.view()}) {
        auto const thread = must(from.make<runtime::Thread>(), "thread");
        outcome.expect(Error::ok, error_of(thread.set_priority(50)), "up to the ceiling");
        for (Word const priority : {51u, 100u, 254u, 255u})
            outcome.expect(Error::no_rights, error_of(thread.set_priority(priority)),
                           "a priority above the ceiling of the memory");
        outcome.expect(Error::no_rights,
                       error_of(runtime::mint(thread.view(), abi::all_rights, 51)),
                       "a thread's capability rises");
    }
}

// ---- time --------------------------------------------------------------------------------------

void no_time_of_memory_alone() {
    Outcome outcome("attack/time/no-time-of-memory-alone");
    auto const poor =
        must(runtime::mint(memory(), abi::mask(abi::UntypedRights::retype), lab::kit().priority),
             "mint");
    auto const inside = must(poor.split(1 << 16), "split");
    for (auto const from : {poor.view(), inside.view()}) {
        auto const timeless = must(from.make<runtime::SchedContext>(), "context");
        auto const hog = worker(spin, {0}, 0);
        must(hog.thread().bind_context({}), "unbind");
        must(hog.thread().bind_context(timeless.address()), "bind");
        hog.start();
        for (int i = 0; i < 100; i++) (void)runtime::call<abi::Yield>();
        outcome.expect(must(timeless.used(), "used") == 0, "it runs on nothing");
        // Nor when it is woken by the fast path.
        Meeting const meeting;
        auto const server = worker(pass_on, {meeting.door(), meeting.answer(), 0}, 1);
        server.start();
        server.settle();
        must(hog.thread().bind_context({}), "unbind");
        must(server.thread().bind_context({}), "unbind");
        must(server.thread().bind_context(timeless.address()), "bind");
        auto const client = worker(call_for_ever, {meeting.door()}, 2);
        client.start();
        auto const events = must(memory().make<runtime::Notification>(), "notification");
        (void)events.wait_until(runtime::now_ns() + 20 * ms);
        outcome.expect(must(timeless.used(), "used") < ms || !counted(), "it runs on without time");
        must(server.thread().bind_context({}), "unbind");
    }
}

void no_budget_without_the_right() {
    Outcome outcome("attack/time/no-budget-without-the-right");
    constexpr auto others = static_cast<abi::RightsMask>(~abi::mask(abi::ControlRights::time));
    auto const control = must(runtime::copy(lab::kit().control, others), "control");
    auto const context = must(memory().make<runtime::SchedContext>(), "context");
    outcome.expect(Error::no_rights, error_of(control.set_budget(context.view(), ms, 10 * ms, 0)),
                   "a budget");
    outcome.expect(Error::no_rights, error_of(control.set_budget(context.view(), 0, 0, 0)),
                   "no limit");
}

void absurd_budgets() {
    Outcome outcome("attack/time/absurd-budgets");
    auto const& control = lab::kit().control;
    auto const context = must(memory().make<runtime::SchedContext>(), "context");
    constexpr Word all = ~Word{0};
    struct {
        Word budget, period;
    } const absurd[] = {{1, 1},
                        {0, 1},
                        {1, 0},
                        {19'999, ms},
                        {ms, ms - 1},
                        {ms, all},
                        {all, all},
                        {all, 0},
                        {0, all},
                        {all, 1},
                        {all, 5},
                        {3'600'001 * ms, 3'600'001 * ms},
                        {ms, Word{1} << 63}};
    for (auto const& [budget, period] : absurd)
        outcome.expect(Error::out_of_range,
                       error_of(control.set_budget(context.view(), budget, period, 0)),
                       "a budget that can't be");
    outcome.expect(Error::ok,
                   error_of(control.set_budget(context.view(), 3'600'000 * ms, 3'600'000 * ms, 0)),
                   "an hour");
    outcome.expect(Error::ok, error_of(control.set_budget(context.view(), 20'000, 20'000, 0)),
                   "20 us");
}

void a_hog_leaves_the_rest() {
    Outcome outcome("attack/time/a-hog-leaves-the-rest");
    auto const hog = worker(spin, {0}, 50);
    limit(hog, 10 * ms, 100 * ms);
    hog.start();
    if (!counted()) return;
    auto const before = must(hog.context().used(), "used");
    auto const lost = lost_in(500 * ms);
    auto const used = must(hog.context().used(), "used") - before;
    runtime::Line what;
    what.put("a hog with 10 ms in 100 took {} us of 500 ms", lost / 1000);
    // Five times 10 ms, and a sixth as the sixth period begins.
    outcome.expect(about(lost, 50 * ms, 2 * ms) || about(lost, 60 * ms, 2 * ms), what.text());
    outcome.expect(about(used, lost, ms), "it paid for another time");
}

/// Blocking and waking finely cuts the budget into many pieces: still no more than that.
void hogs_that_call_each_other() {
    Outcome outcome("attack/time/a-budget-in-pieces");
    Meeting const meeting;
    auto const server = worker(serve_slowly, {meeting.door(), meeting.answer(), 50'000}, 50);
    server.start();
    server.settle();
    limit(server, 5 * ms, 50 * ms);
    auto const client = worker(call_for_ever, {meeting.door()}, 50);
    limit(client, 5 * ms, 50 * ms);
    client.start();
    if (!counted()) return;
    auto const lost = lost_in(500 * ms);
    runtime::Line what;
    what.put("two hogs with 5 ms in 50 each took {} us of 500 ms", lost / 1000);
    outcome.expect(lost >= 30 * ms && lost <= 112 * ms, what.text());
}

// ---- whose time --------------------------------------------------------------------------------

void nested_calls_are_the_first_callers() {
    Outcome outcome("attack/time/nested-calls-are-the-first-callers");
    Meeting const middle_door, last_door;
    auto const last = worker(serve_slowly, {last_door.door(), last_door.answer(), 5 * ms}, 2);
    auto const middle =
        worker(pass_on, {middle_door.door(), middle_door.answer(), last_door.door()}, 1);
    for (auto const* one : {&last, &middle}) {
        one->start();
        one->settle();
        one->make_passive();
    }
    runtime::SchedContext const own(runtime::first_context);
    auto const before = must(own.used(), "used");
    auto const of_last = must(last.context().used(), "used");
    auto const of_middle = must(middle.context().used(), "used");
    outcome.expect(middle_door.endpoint.call(abi::MessageTag{0, 0}).ok(), "the call");
    auto const used = must(own.used(), "used") - before;
    outcome.expect(!counted() || about(used, 5 * ms, ms / 2), "we did not pay for it");
    outcome.expect(must(last.context().used(), "used") == of_last, "the last one paid");
    outcome.expect(must(middle.context().used(), "used") == of_middle, "the one between paid");
}

void a_used_up_budget_is_told() {
    Outcome outcome("attack/time/a-used-up-budget-is-told");
    Meeting const alarm;
    auto const badged = must(
        runtime::mint(alarm.endpoint.view(), abi::mask(abi::EndpointRights::send), 77), "badge");
    auto const hog = worker(spin, {0}, 50);
    limit(hog, 5 * ms, 50 * ms);
    must(hog.thread().set_timeout(badged.address()), "timeout");
    hog.start();
    Word last = 0;
    for (int i = 0; i < 3; i++) {
        auto const heard =
            i == 0 ? alarm.endpoint.receive(alarm.reply.view())
                   : alarm.endpoint.reply_receive(alarm.reply.view(), abi::MessageTag{0, 0});
        auto const now = runtime::now_ns();
        outcome.expect(heard.ok() && heard.tag.kind() == abi::MessageKind::timeout, "no timeout");
        outcome.expect(heard.badge == 77, "of whom?");
        outcome.expect(!counted() || heard.words[0] > now, "it has time already");
        outcome.expect(heard.words[1] >= 5 * ms * static_cast<Word>(i + 1),
                       "it was told too early");
        outcome.expect(i == 0 || !counted() || now - last > 40 * ms,
                       "it was told before it could run");
        last = now;
    }
    // Kept without an answer, it stays.
    auto const used = must(hog.context().used(), "used");
    auto const events = must(memory().make<runtime::Notification>(), "notification");
    (void)events.wait_until(runtime::now_ns() + 120 * ms);
    outcome.expect(must(hog.context().used(), "used") == used, "it runs without an answer");
}

/// A client with little time can't keep its server from others: whoever hears of it takes the
/// server away from it.
void a_poor_client_is_told_of() {
    Outcome outcome("attack/time/a-poor-client-is-told-of");
    Meeting const door, alarm;
    auto const server = worker(serve_slowly, {door.door(), door.answer(), 20 * ms}, 20);
    server.start();
    server.settle();
    server.make_passive();
    must(server.thread().set_timeout(alarm.endpoint.address()), "timeout");
    auto const client = worker(call_for_ever, {door.door()}, 10);
    limit(client, 5 * ms, 500 * ms);
    client.start();
    auto const heard = alarm.endpoint.receive(alarm.reply.view());
    outcome.expect(heard.ok() && heard.tag.kind() == abi::MessageKind::timeout, "no timeout");
    outcome.expect(must(server.context().used(), "used") < ms || !counted(), "the server paid");
    // The client gives up, and its time with it; the server goes on with what it is given.
    must(client.thread().suspend(), "suspend");
    must(server.thread().bind_context(server.context().address()), "time of its own");
    outcome.expect(Error::ok,
                   error_of(runtime::reply(alarm.reply.address(), abi::MessageTag{0, 0})),
                   "the answer");
    outcome.expect(door.endpoint.call(abi::MessageTag{0, 0}).ok(), "it serves the next one");
    outcome.expect(!counted() || must(client.context().used(), "used") < 6 * ms, "the client paid");
}

} // namespace

void attack_time() {
    no_way_above_the_ceiling();
    no_time_of_memory_alone();
    no_budget_without_the_right();
    absurd_budgets();
    a_hog_leaves_the_rest();
    hogs_that_call_each_other();
    nested_calls_are_the_first_callers();
    a_used_up_budget_is_told();
    a_poor_client_is_told_of();
}

} // namespace attack
