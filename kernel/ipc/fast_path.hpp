#pragma once
// The direct switch: a call to a server that waits, an answer to a caller that waits, a foreign
// call or a page fault to a keeper that waits, and its answer, which may map a page. Words stay in
// registers, no queue is touched but the Endpoint's own, and nobody is scheduled: the partner runs
// at once, on the caller's time if it has none of its own.
//
// Each function checks everything first. Null means that the case is not the common one; nothing
// has been changed then, and the full operation in message.hpp takes over. Otherwise the thread
// that runs now is returned, and its caller exchanges the bases of FS and GS.
//
// They run behind their processor's gate, without the kernel's lock, beside those of other
// processors: all that they change is this processor's. An Endpoint is while its `processor` says
// so; a Reply is its caller's or its receiver's, which belong to it; what else they read
// (capabilities, bindings, `held`) is only written under the lock.
//
// They are inline in the dispatcher and in the trap, their only callers: a round trip
// is counted in instructions (docs/numbers.md).

#include <kernel/ipc/endpoint.hpp>
#include <kernel/ipc/keeper_reply.hpp>
#include <kernel/ipc/notification.hpp>
#include <kernel/ipc/reply.hpp>
#include <kernel/ipc/transfer.hpp>
#include <kernel/object/process.hpp>
#include <kernel/sched/schedule.hpp>
#include <kernel/trace/trace.hpp>

namespace kernel::ipc {

namespace fast {

inline bool simple(abi::Word tag) {
    // The number of words is the highest field that a simple tag has.
    constexpr auto highest = abi::MessageTag{0xffff, abi::register_words}.raw;
    static_assert((highest & abi::MessageTag::slow_mask) == 0);
    return tag <= highest;
}

/// Of a simple tag; none at once, without a look at the table of the others.
[[gnu::always_inline]] inline void copy_words(Frame& to, Frame const& from, abi::Word tag) {
    if (tag >= abi::MessageTag{0, 1}.raw)
        copy_register_words(to, from, abi::MessageTag{tag}.words());
}

/// The object of this kind that the address names with these rights; null otherwise.
template <KernelObject T>
[[gnu::always_inline]] inline T* find(CapPool& pool, std::uint64_t word, typename T::Rights rights,
                                      Slot*& slot) {
    auto const address = abi::CapAddress{static_cast<std::uint32_t>(word)};
    slot = &pool.place_of(address);
    auto const difference =
        slot->difference(address, T::static_kind, static_cast<abi::RightsMask>(rights));
    if (difference != 0) [[unlikely]]
        return nullptr;
    auto* const object = arch::checked_pointer(slot->object, difference);
    __builtin_assume(object != nullptr);
    return static_cast<T*>(object);
}

/// The receiver that can be switched to at once; null otherwise.
inline Thread* ready_receiver(Endpoint& endpoint, Processor& processor) {
    if (endpoint.processor != &processor || endpoint.receivers.empty()) [[unlikely]]
        return nullptr;
    auto& receiver = endpoint.receivers.front();
    if (receiver.priority < processor.ready.highest() || !receiver.ready_to_receive()) [[unlikely]]
        return nullptr;
    return &receiver;
}

/// From `self` to the receiver, whose Reply holds `self` from now on.
[[gnu::always_inline]] inline Thread* hand_over(Processor& processor, Thread& self,
                                                Endpoint& endpoint, Thread& receiver,
                                                std::uint32_t event) {
    auto& reply = *receiver.reply;
    endpoint.receivers.drop_front();
    reply.receiver = nullptr;
    reply.caller = &self;
    receiver.state = Thread::State::ready;
    self.state = Thread::State::awaiting;
    self.reply = &reply;
    if (!receiver.context) {
        receiver.context = self.context;
        receiver.context->user = &receiver;
        receiver.lent_by = &reply;
        reply.lent = self.context;
        self.context = nullptr;
    }
    trace::pass_request(self, receiver);
    trace::record(processor, receiver, event);
    schedule::change_to(processor, receiver);
    return &receiver;
}

} // namespace fast

[[gnu::always_inline]] inline Thread* fast_call(Thread& self) {
    auto const tag = self.frame.rbx;
    auto* const pool = self.process->pool();
    if (!fast::simple(tag) || !pool) [[unlikely]]
        return nullptr;
    Slot* slot;
    auto* const endpoint =
        fast::find<Endpoint>(*pool, self.frame.rax, abi::EndpointRights::send, slot);
    if (!endpoint) [[unlikely]]
        return nullptr;
    auto& processor = this_processor();
    auto* const receiver = fast::ready_receiver(*endpoint, processor);
    if (!receiver) [[unlikely]]
        return nullptr;
    self.sending = Sending::call;
    auto& to = receiver->frame;
    to.rax = 0;
    to.rbx = tag;
    to.r14 = slot->data;
    fast::copy_words(to, self.frame, tag);
    return fast::hand_over(processor, self, *endpoint, *receiver, trace::of(trace::Kind::call));
}

/// A foreign call or a page fault, to the keeper.
template <Sending What> [[gnu::always_inline]] inline Thread* fast_report(Thread& self) {
    auto* const endpoint = self.keeper.as<Endpoint>();
    if (!endpoint) [[unlikely]]
        return nullptr;
    auto& processor = this_processor();
    auto* const receiver = fast::ready_receiver(*endpoint, processor);
    if (!receiver) [[unlikely]]
        return nullptr;
    self.sending = What;
    if constexpr (What == Sending::page_fault) {
        deliver(self, *receiver, {}, self.keeper.data);
        return fast::hand_over(processor, self, *endpoint, *receiver,
                               trace::of(trace::Kind::fault));
    }
    auto& to = receiver->frame;
    to.rax = 0;
    to.rbx = foreign_call_tag.raw;
    to.r14 = self.keeper.data;
    copy_foreign_call(to, self.frame);
    self.trace.request++;
    return fast::hand_over(processor, self, *endpoint, *receiver,
                           trace::of(trace::Kind::foreign_call, self.frame.rax));
}

/// What only keepers say; a function of its own, so that others don't pay for it.
constexpr abi::Word keepers_flags = abi::MessageTag::flag_mapping | abi::MessageTag::flag_yield;

template <bool Keeper = false>
[[gnu::always_inline]] inline Thread* fast_reply_receive(Thread& self) {
    auto const tag = self.frame.rbx;
    auto* const pool = self.process->pool();
    if (!fast::simple(Keeper ? tag & ~keepers_flags : tag) || !pool) [[unlikely]]
        return nullptr;
    Slot* slot;
    auto* const reply = fast::find<Reply>(*pool, self.frame.r14, abi::ReplyRights::reply, slot);
    if (!reply) [[unlikely]]
        return nullptr;
    auto* const endpoint =
        fast::find<Endpoint>(*pool, self.frame.rax, abi::EndpointRights::receive, slot);
    if (!endpoint) [[unlikely]]
        return nullptr;
    auto* const caller = reply->caller;
    auto& processor = this_processor();
    // Who yields goes first only if nobody of his priority is ready.
    int const yields = Keeper && (tag & abi::MessageTag::flag_yield) != 0;
    if (!caller || caller->processor != &processor || reply->process != self.process ||
        endpoint->server != self.process || endpoint->processor != &processor ||
        !endpoint->callers.empty() || caller->priority < processor.ready.highest() + yields ||
        (self.bound_notification && self.bound_notification->any())) [[unlikely]]
        return nullptr;

    auto const foreign = caller->ready_after(Sending::foreign);
    auto const fault = Keeper && caller->ready_after(Sending::page_fault);
    if (!foreign && !fault && (Keeper || !caller->ready_after(Sending::call))) [[unlikely]]
        return nullptr;
    if (self.lent_by ? self.lent_by != reply || self.own_context : !caller->context) [[unlikely]]
        return nullptr;

    // A single page: if it can't be mapped nothing has happened.
    if (Keeper && (tag & abi::MessageTag::flag_mapping) != 0 &&
        (!fault || self.frame.r8 != 1 || !map_for(*caller, self.frame))) [[unlikely]]
        return nullptr;

    auto& to = caller->frame;
    if (foreign) {
        to.rax = self.frame.rdi;
    } else if (!fault) {
        to.rax = 0;
        to.rbx = tag;
        to.r14 = 0;
        fast::copy_words(to, self.frame, tag);
    }
    if (self.lent_by) {
        caller->context = self.context;
        caller->context->user = caller;
        reply->lent = nullptr;
        self.lent_by = nullptr;
        self.context = nullptr;
    }
    caller->state = Thread::State::ready;
    reply->caller = nullptr;
    reply->receiver = &self;
    reply->endpoint = endpoint;
    self.reply = reply;
    self.state = Thread::State::receiving;
    endpoint->receivers.push_back(self);
    trace::record(processor, *caller, trace::of(trace::Kind::answer));
    schedule::change_to(processor, *caller);
    return caller;
}

} // namespace kernel::ipc
