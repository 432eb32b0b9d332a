// Messages that no decent program sends, answers to nobody, and peers that die.

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

using abi::Error;
using abi::MessageTag;
using abi::Word;
using lab::must;

Raw message(abi::CapAddress target, std::uint16_t number, MessageTag tag) {
    return {.rax = abi::call_word(number, target), .rbx = tag.raw};
}

/// A server that answers with whatever tag it is asked for, word 0 of the request.
void answer_as_told(Word endpoint, Word reply) {
    abi::CapAddress const at(static_cast<std::uint32_t>(endpoint));
    abi::CapAddress const with(static_cast<std::uint32_t>(reply));
    auto request = runtime::receive(at, with);
    for (;;) {
        // A refused answer leaves the caller waiting: say so with a proper one.
        Raw answer{.rax = abi::call_word(abi::ReplySend::number, with), .rbx = request.words[0]};
        auto const error = raw_call(answer);
        if (error != Error::ok)
            (void)runtime::reply(with, MessageTag{1, 1}, static_cast<Word>(error));
        request = runtime::receive(at, with);
    }
}

void die_with_request(Word endpoint, Word reply) {
    runtime::receive(abi::CapAddress(static_cast<std::uint32_t>(endpoint)),
                     abi::CapAddress(static_cast<std::uint32_t>(reply)));
    (void)runtime::call<abi::ProcessExit>(Word{7});
}

void bad_sends(Zoo const& zoo) {
    Outcome outcome("attack/messages/bad-sends");
    auto const endpoint = zoo.endpoint.address();
    for (auto const number : {abi::EndpointCall::number, abi::EndpointSend::number}) {
        outcome.expect(Error::bad_argument, raw_call(message(endpoint, number, MessageTag{0, 65})),
                       "65 words");
        outcome.expect(Error::bad_argument, raw_call(message(endpoint, number, MessageTag{0, 127})),
                       "127 words");
        outcome.expect(Error::bad_argument,
                       raw_call(message(endpoint, number, MessageTag{0, 0, 5})),
                       "five capabilities");
        runtime::message_page().sent_caps[0] = 0xffff'ffff;
        outcome.expect_refused(raw_call(message(endpoint, number, MessageTag{0, 0, 1})),
                               "a capability that is not there");
        outcome.expect(Error::not_received, raw_call(message(endpoint, number, MessageTag{0, 0})),
                       "nobody serves");
        auto late = message(endpoint, number,
                            MessageTag{0, 0}
                                .with(MessageTag::flag_wait_for_server)
                                .with(MessageTag::flag_deadline));
        late.r15 = runtime::now_ns() + 1'000'000;
        outcome.expect(Error::timed_out, raw_call(late), "a deadline that passes");
        late.r15 = 1;
        outcome.expect(Error::timed_out, raw_call(late), "a deadline that has passed");
    }
}

void bad_receives(Zoo const& zoo) {
    Outcome outcome("attack/messages/bad-receives");
    auto const endpoint = zoo.endpoint.address();
    for (auto const number : {abi::EndpointReceive::number, abi::EndpointReplyReceive::number}) {
        auto call = message(endpoint, number, MessageTag{0, 0}.with(MessageTag::flag_deadline));
        call.r15 = 1; // whatever is accepted ends at once
        for (auto const reply : {endpoint.raw, 0xffff'ffffU, zoo.thread.address().raw}) {
            call.r14 = reply;
            auto const error = raw_call(call);
            outcome.expect(error != Error::ok && error != Error::timed_out,
                           "a receive with something that is no Reply");
        }
        call.r14 = zoo.reply.address().raw;
        outcome.expect(Error::timed_out, raw_call(call), "a receive that nobody answers");
    }
    outcome.expect(Error::bad_state,
                   raw_call(message(zoo.reply.address(), abi::ReplySend::number, MessageTag{0, 0})),
                   "an answer to nobody");
}

void bad_answers(lab::OwnImage const& image, Zoo const& zoo) {
    Outcome outcome("attack/messages/bad-answers");
    lab::Neighbour other(image, "attack-server");
    auto const endpoint = must(zoo.untyped.make<runtime::Endpoint>(), "endpoint");
    lab::Worker const server(
        other.process(), other.space(), answer_as_told,
        {other.give(endpoint.address()).raw, other.give(zoo.reply.address()).raw},
        {.priority = lab::kit().priority});
    server.start();
    server.settle();
    auto const answered = [&](MessageTag with) {
        auto const received = runtime::call(endpoint.address(), MessageTag{0, 1}, with.raw);
        // Label 1: the answer was refused, and this is the server's complaint.
        return received.tag.label() == 1 ? static_cast<Error>(received.words[0]) : received.error;
    };
    outcome.expect(Error::ok, answered(MessageTag{0, 0}), "an ordinary answer");
    outcome.expect_refused(answered(MessageTag{0, 0}.with(abi::ReplyKind::registers)),
                           "registers for a caller");
    outcome.expect_refused(answered(MessageTag{0, 0}.with(abi::ReplyKind::restart)),
                           "a restart for a caller");
    outcome.expect_refused(answered(MessageTag{0, 5}.with(MessageTag::flag_mapping)),
                           "a mapping for a caller");
    outcome.expect_refused(answered(MessageTag{0, 0}.with(static_cast<abi::ReplyKind>(200))),
                           "an answer of no kind");
    outcome.expect_refused(answered(MessageTag{0, 100}), "an answer of 100 words");
    outcome.expect_refused(answered(MessageTag{0, 0, 1}), "a capability that is not there");
    outcome.expect(Error::ok, answered(MessageTag{0, 0}), "an ordinary answer at the end");
}

void dead_server(lab::OwnImage const& image, Zoo const& zoo) {
    Outcome outcome("attack/messages/server-dies");
    lab::Neighbour other(image, "attack-dier");
    auto const endpoint = must(zoo.untyped.make<runtime::Endpoint>(), "endpoint");
    auto const reply = must(zoo.untyped.make<runtime::Reply>(), "reply");
    lab::Worker const server(other.process(), other.space(), die_with_request,
                             {other.give(endpoint.address()).raw, other.give(reply.address()).raw},
                             {.priority = lab::kit().priority});
    server.start();
    server.settle();
    outcome.expect(Error::server_died, runtime::call(endpoint.address(), MessageTag{0, 0}).error,
                   "a call to a server that dies with it");
    outcome.expect(Error::not_received, runtime::call(endpoint.address(), MessageTag{0, 0}).error,
                   "a call to a dead server");
}

} // namespace

void attack_messages() {
    Zoo const zoo;
    lab::OwnImage const image;
    bad_sends(zoo);
    bad_receives(zoo);
    bad_answers(image, zoo);
    dead_server(image, zoo);
}

} // namespace attack
