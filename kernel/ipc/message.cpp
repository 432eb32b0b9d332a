#include <kernel/ipc/message.hpp>

#include <kernel/call/again.hpp>
#include <kernel/ipc/keeper_reply.hpp>
#include <kernel/ipc/notification.hpp>
#include <kernel/ipc/transfer.hpp>
#include <kernel/object/process.hpp>
#include <kernel/sched/schedule.hpp>
#include <kernel/trace/trace.hpp>

#include <utility>

namespace kernel::ipc {

namespace {

abi::MessageTag tag_of(Thread const& thread) { return abi::MessageTag{thread.frame.rbx}; }

std::uint64_t deadline_of(Thread const& thread) {
    return tag_of(thread).has(abi::MessageTag::flag_deadline) ? thread.frame.r15 : 0;
}

/// A passive server works on the time of its caller.
void lend_time(Thread& caller, Thread& server, Reply& reply) {
    if (server.context || !caller.context) return;
    server.lent_by = &reply;
    reply.lent = caller.context;
    server.run_on(*std::exchange(caller.context, nullptr));
}

/// `sender` and `receiver` have met: the message crosses, and the sender, unless it only sends, is
/// held by the receiver's Reply. Both have left their queues.
void meet(Thread& sender, Thread& receiver) {
    auto& reply = *receiver.reply;
    receiver.reply = nullptr;
    reply.receiver = nullptr;
    trace::pass_request(sender, receiver);
    deliver(sender, receiver, sender.tag, sender.badge);
    if (sender.sending == Sending::send) {
        sender.frame.rax = 0;
        sender.state = Thread::State::ready;
        schedule::make_ready(sender);
    } else {
        schedule::unready(sender);
        sender.state = Thread::State::awaiting;
        sender.reply = &reply;
        reply.caller = &sender;
        lend_time(sender, receiver, reply);
    }
    receiver.state = Thread::State::ready;
    schedule::make_ready(receiver);
}

/// What the sender's message is in the trace.
std::uint32_t event_of(Thread const& sender) {
    if (sender.sending == Sending::foreign)
        return trace::of(trace::Kind::foreign_call, sender.frame.rax);
    if (sender.sending < Sending::page_fault) return trace::of(trace::Kind::call);
    return trace::of(trace::Kind::fault,
                     std::to_underlying(sender.sending) - std::to_underlying(Sending::page_fault));
}

/// Give the message to a receiver that waits, or queue it.
void offer(Thread& sender, Endpoint& endpoint, std::uint64_t deadline) {
    if (!endpoint.receivers.empty()) {
        auto& receiver = endpoint.receivers.front();
        auto* const reply = receiver.reply;
        receiver.leave_wait();
        receiver.reply = reply;
        meet(sender, receiver);
        trace::note(receiver, event_of(sender));
        return;
    }
    trace::note(event_of(sender), sender.trace.request);
    schedule::unready(sender);
    sender.wait(Thread::State::calling, endpoint.callers, deadline);
}

/// Answer the caller that `reply` holds with the message in the server's registers.
base::Result<> answer(Thread& server, Reply& reply) {
    auto* const caller = reply.caller;
    if (!caller) return base::fail(abi::Error::bad_state);
    auto const tag = tag_of(server);
    if (caller->sending != Sending::call) return answer_as_keeper(server, reply, tag);
    if (tag.reply_kind() != abi::ReplyKind::result || tag.has(abi::MessageTag::flag_mapping) ||
        tag.has(abi::MessageTag::flag_yield))
        return base::fail(abi::Error::bad_argument);
    TRY(check_message(server, tag, true));
    trace::note(*caller, trace::of(trace::Kind::answer));
    caller->leave_wait();
    server.sending = Sending::call;
    deliver(server, *caller, tag, 0);
    caller->run();
    return {};
}

} // namespace

void take_back_time(Reply& reply) {
    auto* const context = reply.lent;
    if (!context) return;
    context->take_back(&reply);
    reply.caller->run_on(*context);
}

base::Result<abi::Word> send(Thread& self, Endpoint& endpoint, Slot const& slot, Sending sending) {
    auto const tag = tag_of(self);
    TRY(check_message(self, tag, abi::covers(slot.rights, abi::EndpointRights::grant)));
    if (!endpoint.server && endpoint.receivers.empty() &&
        !tag.has(abi::MessageTag::flag_wait_for_server))
        return base::fail(abi::Error::not_received);
    self.sending = sending;
    self.tag = tag;
    self.badge = slot.data;
    offer(self, endpoint, deadline_of(self));
    return base::fail(no_result);
}

namespace {

/// The Reply object that a receive names.
base::Result<Reply*> reply_for_receive(Thread& self) {
    auto* const pool = self.process->pool();
    auto const address = abi::CapAddress{static_cast<std::uint32_t>(self.frame.r14)};
    auto* const slot = pool->find(address);
    if (!slot) return base::fail(pool->why_not(address));
    if (slot->object->kind != abi::Kind::reply) return base::fail(abi::Error::wrong_kind);
    if (!abi::covers(slot->rights, abi::ReplyRights::reply))
        return base::fail(abi::Error::no_rights);
    return static_cast<Reply*>(slot->object);
}

base::Result<abi::Word> receive_with(Thread& self, Endpoint& endpoint, Reply& reply) {
    if (reply.caller || reply.receiver) return base::fail(abi::Error::bad_state);
    endpoint.serve(*self.process);
    if (reply.process != self.process) {
        reply.leave_process();
        reply.process = self.process;
        self.process->replies.push_back(reply);
    }
    if (auto* const bound = self.bound_notification; bound && bound->any()) {
        bound->answer_receive(self.frame);
        return base::fail(no_result);
    }
    auto const deadline = deadline_of(self);
    self.return_lent_time();
    if (!endpoint.callers.empty()) {
        auto& sender = endpoint.callers.front();
        sender.leave_wait();
        self.reply = &reply;
        meet(sender, self);
        trace::note(sender, trace::of(trace::Kind::take));
        return base::fail(no_result);
    }
    self.reply = &reply;
    reply.receiver = &self;
    reply.endpoint = &endpoint;
    if (endpoint.receivers.empty())
        endpoint.processor = self.processor;
    else if (endpoint.processor != self.processor)
        endpoint.processor = nullptr;
    self.wait(Thread::State::receiving, endpoint.receivers, deadline);
    return base::fail(no_result);
}

void report(Thread& thread, Sending what, Reference& to) {
    thread.sending = what;
    thread.tag = {};
    thread.badge = to.data;
    offer(thread, *to.as<Endpoint>(), 0);
}

} // namespace

base::Result<abi::Word> receive(Thread& self, Endpoint& endpoint) {
    return receive_with(self, endpoint, *TRY(reply_for_receive(self)));
}

base::Result<abi::Word> reply_receive(Thread& self, Endpoint& endpoint) {
    auto& reply = *TRY(reply_for_receive(self));
    if (reply.receiver) return base::fail(abi::Error::bad_state);
    // R15 is the deadline of the receive; an answer has none.
    if (reply.caller) TRY(answer(self, reply));
    return receive_with(self, endpoint, reply);
}

base::Result<abi::Word> reply(Thread& self, Reply& reply) {
    TRY(answer(self, reply));
    return 0;
}

void to_keeper(Thread& thread, Sending what) {
    if (thread.keeper.empty()) {
        thread.lose_keeper();
        return;
    }
    if (what == Sending::kicked) thread.kicked = false;
    if (what == Sending::foreign) thread.trace.request++;
    report(thread, what, thread.keeper);
}

void tell_timeout(Thread& thread) {
    if (!thread.timeout.empty()) report(thread, Sending::timeout, thread.timeout);
}

} // namespace kernel::ipc
