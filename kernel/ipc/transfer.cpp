#include <kernel/ipc/transfer.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/object/process.hpp>
#include <kernel/sched/sched_context.hpp>

#include <algorithm>

namespace kernel::ipc {

namespace {

/// Derive the capabilities that the sender names into the receiver's empty slots. Returns how many.
unsigned transfer_caps(Thread& sender, Thread& receiver, unsigned count) {
    auto* const from = sender.process->pool();
    auto* const to = receiver.process->pool();
    if (!from || !to || !receiver.message_page) return 0;
    unsigned done = 0;
    // Slot 0 stays empty, whatever the receiver has named.
    auto next = std::max(1u, unsigned{receiver.receive_slot});
    auto const end = unsigned{receiver.receive_slot} + receiver.receive_slots;
    for (unsigned i = 0; i < count; i++) {
        auto* const source = from->find(abi::CapAddress{sender.message_page->sent_caps[i]});
        if (!source || !derivation::derivable(*source)) break;
        Slot* place = nullptr;
        auto number = next;
        for (; number < end && !place; number++)
            if (auto* const slot = to->slot(static_cast<std::uint16_t>(number));
                slot && slot->empty())
                place = slot;
        if (!place) break;
        next = number;
        derivation::derive(*place, *source, source->rights, source->data);
        receiver.message_page->received_caps[done++] =
            place->address(static_cast<std::uint16_t>(number - 1)).raw;
    }
    return done;
}

/// What a keeper is told besides where the thread is.
struct Report {
    abi::MessageKind kind;
    abi::Word first = 0, second = 0;
};

Report report_of(Thread const& thread) {
    switch (thread.sending) {
    case Sending::page_fault:
        return {abi::MessageKind::page_fault, thread.fault_address, thread.fault_error};
    case Sending::exception:
        return {abi::MessageKind::exception, thread.fault_vector, thread.fault_error};
    case Sending::kicked: return {abi::MessageKind::kicked};
    default: break;
    }
    auto const* const time = thread.context;
    if (!time) return {abi::MessageKind::timeout}; // it has been taken away since
    return {abi::MessageKind::timeout, time->refill.at, arch::ticks_to_ns(time->consumed)};
}

} // namespace

base::Result<> check_message(Thread& sender, abi::MessageTag tag, bool may_grant) {
    if (tag.words() > abi::message_words || tag.caps() > abi::message_caps)
        return base::fail(abi::Error::bad_argument);
    if ((tag.words() > abi::register_words || tag.caps() > 0) && !sender.message_page)
        return base::fail(abi::Error::no_message_page);
    if (tag.caps() > 0 && !may_grant) return base::fail(abi::Error::no_rights);
    auto* const pool = sender.process->pool();
    for (unsigned i = 0; i < tag.caps(); i++) {
        auto const address = abi::CapAddress{sender.message_page->sent_caps[i]};
        auto* const source = pool->find(address);
        if (!source) return base::fail(pool->why_not(address));
        TRY(derivation::derivable(*source));
    }
    return {};
}

void deliver(Thread& sender, Thread& receiver, abi::MessageTag tag, abi::Word badge) {
    auto& to = receiver.frame;
    auto const& from = sender.frame;
    auto out = abi::MessageTag{};
    switch (sender.sending) {
    case Sending::call:
    case Sending::send: {
        auto words = tag.words();
        copy_register_words(to, from, std::min(words, abi::register_words));
        if (words > abi::register_words) {
            if (receiver.message_page && sender.message_page)
                std::copy_n(sender.message_page->words + abi::register_words,
                            words - abi::register_words,
                            receiver.message_page->words + abi::register_words);
            else
                words = abi::register_words;
        }
        auto const caps =
            tag.caps() > 0 && sender.message_page ? transfer_caps(sender, receiver, tag.caps()) : 0;
        out = abi::MessageTag{tag.label(), words, caps};
        break;
    }
    case Sending::foreign:
        copy_foreign_call(to, from);
        out = foreign_call_tag;
        break;
    default: {
        auto const why = report_of(sender);
        to.rdi = why.first;
        to.rsi = why.second;
        to.rdx = from.rip;
        to.r10 = from.rsp;
        out = abi::MessageTag{0, 4}.with(why.kind);
    }
    }
    to.rax = 0;
    to.rbx = out.raw;
    to.r14 = badge;
}

} // namespace kernel::ipc
