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
    case Sending::page_fault:
        to.rdi = sender.fault_address;
        to.rsi = sender.fault_error;
        to.rdx = from.rip;
        to.r10 = from.rsp;
        out = abi::MessageTag{0, 4}.with(abi::MessageKind::page_fault);
        break;
    case Sending::exception:
        to.rdi = sender.fault_vector;
        to.rsi = sender.fault_error;
        to.rdx = from.rip;
        to.r10 = from.rsp;
        out = abi::MessageTag{0, 4}.with(abi::MessageKind::exception);
        break;
    case Sending::kicked:
        to.rdi = to.rsi = 0;
        to.rdx = from.rip;
        to.r10 = from.rsp;
        out = abi::MessageTag{0, 4}.with(abi::MessageKind::kicked);
        break;
    case Sending::timeout:
        // Nothing, if that time has been taken away since.
        to.rdi = sender.context ? sender.context->refill.at : 0;
        to.rsi = sender.context ? arch::ticks_to_ns(sender.context->consumed) : 0;
        to.rdx = from.rip;
        to.r10 = from.rsp;
        out = abi::MessageTag{0, 4}.with(abi::MessageKind::timeout);
        break;
    }
    to.rax = 0;
    to.rbx = out.raw;
    to.r14 = badge;
}

} // namespace kernel::ipc
