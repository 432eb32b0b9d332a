// The same calls from a foreign process: whatever it puts into its registers, its keeper hears of
// it and the kernel does nothing else.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/raw.hpp>
#include <tests/attack/zoo.hpp>

#include <runtime/clock.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

namespace attack {

namespace {

using abi::Word;
using lab::must;

constexpr Word last_number = 0x200;
constexpr Word hang_ns = 60'000'000'000;

/// Call numbers with the kernel's bit and without, on every slot that may hold something.
void call_everything(Word) {
    for (Word number = 0; number <= last_number; number++)
        for (std::uint16_t slot = 0; slot < 8; slot++) {
            Raw raw{.rax = abi::call_word(static_cast<std::uint16_t>(number), {slot, 1})};
            raw.words = {number, slot, 1, 2, 3, 4, 0, 0};
            if (number % 2 == 1) raw.rax &= ~abi::call_bit;
            attack_raw(&raw);
        }
    Raw raw{.rax = ~Word{0}};
    attack_raw(&raw);
    for (;;) {
    }
}

void all_calls_reach_the_keeper(lab::OwnImage const& image, Zoo const& zoo) {
    Outcome outcome("attack/foreign/every-call-reaches-the-keeper");
    lab::Neighbour process(image, "attack-foreign", lab::Neighbour::Abi::foreign);
    // Capabilities are of no use to it, whatever they are.
    auto const control = process.give(zoo.control.address());
    process.give(zoo.notification.address());
    process.give(zoo.endpoint.address());
    process.give(zoo.untyped.address());
    outcome.expect(control.slot() == 1, "its slots begin at 1");
    auto const endpoint = must(zoo.untyped.make<runtime::Endpoint>(), "endpoint");
    auto const reply = must(zoo.untyped.make<runtime::Reply>(), "reply");
    lab::Worker const thread(process.process(), process.space(), call_everything, {0},
                             {.priority = lab::kit().priority, .keeper = endpoint.view()});
    thread.start();
    Word heard = 0;
    for (Word number = 0; number <= last_number; number++)
        for (std::uint16_t slot = 0; slot < 8; slot++) {
            if (heard > 0)
                must(runtime::reply(reply.address(), abi::MessageTag{0, 1}, Word{0}), "answer");
            auto const call = endpoint.receive_until(runtime::now_ns() + hang_ns, reply.view());
            if (!call.ok() || call.tag.kind() != abi::MessageKind::foreign_call) {
                outcome.expect(false, "something else than a foreign call came");
                return;
            }
            auto word = abi::call_word(static_cast<std::uint16_t>(number), {slot, 1});
            if (number % 2 == 1) word &= ~abi::call_bit;
            outcome.expect(call.words[6] == word, "the number of another call");
            outcome.expect(call.words[0] == number && call.words[1] == slot && call.words[5] == 4,
                           "the arguments of another call");
            heard++;
        }
    must(runtime::reply(reply.address(), abi::MessageTag{0, 1}, Word{0}), "answer");
    auto const last = endpoint.receive_until(runtime::now_ns() + hang_ns, reply.view());
    outcome.expect(last.ok() && last.words[6] == ~Word{0}, "all bits set");
    outcome.expect(!zoo.notification.poll().has_value(), "a signal has been sent");
}

/// Without a keeper a foreign thread stops at its first call, and everybody else goes on.
void no_keeper(lab::OwnImage const& image) {
    Outcome outcome("attack/foreign/no-keeper");
    lab::Neighbour process(image, "attack-alone", lab::Neighbour::Abi::foreign);
    lab::Worker const thread(process.process(), process.space(), call_everything, {0},
                             {.priority = lab::kit().priority});
    thread.start();
    for (int tries = 0; tries < 100; tries++) (void)runtime::call<abi::Yield>();
    auto const state = must(thread.thread().inspect(), "inspect").state;
    outcome.expect(state == abi::ThreadState::keeper_lost, "it is not stopped");
}

} // namespace

void attack_foreign() {
    Zoo const zoo;
    lab::OwnImage const image;
    all_calls_reach_the_keeper(image, zoo);
    no_keeper(image);
}

} // namespace attack
