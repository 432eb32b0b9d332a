#include <kernel/call/dispatch.hpp>

#include <kernel/call/handlers.hpp>
#include <kernel/ipc/fast_path.hpp>
#include <kernel/ipc/message.hpp>
#include <kernel/sched/held.hpp>
#include <kernel/sched/schedule.hpp>
#include <kernel/trace/trace.hpp>

#include <array>
#include <utility>

#include <audit.hpp>

namespace kernel {

/// Never defined: its name is the compiler's message when two calls share a number.
void two_calls_with_one_number();

namespace {

template <class T> constexpr bool fits(std::uint64_t word) {
    return abi::encode(abi::decode<T>(word)) == word;
}

/// Look up the target, take the arguments from the registers, run the handler.
template <class C, std::size_t... I>
base::Result<abi::Word> enter(Thread& self, std::index_sequence<I...>) {
    auto& frame = self.frame;
    [[maybe_unused]] std::array<std::uint64_t, 6> const words{frame.rdi, frame.rsi, frame.rdx,
                                                              frame.r10, frame.r8,  frame.r9};
    auto run = [&](Target<C::kind>& target) -> base::Result<abi::Word> {
        // What does not fit its type is refused, not cut off until it fits.
        if (!(fits<std::tuple_element_t<I, typename C::Args>>(words[I]) && ...))
            return base::fail(abi::Error::bad_argument);
        auto result = Handler<C>::run(
            target, abi::decode<std::tuple_element_t<I, typename C::Args>>(words[I])...);
        if (!result) return base::fail(result.error());
        if constexpr (std::is_void_v<typename C::Result>)
            return 0;
        else
            return abi::encode(*result);
    };
    if constexpr (C::kind == abi::Kind::none) {
        Target<abi::Kind::none> target{self};
        return run(target);
    } else {
        auto* const pool = self.process->pool();
        if (!pool) return base::fail(abi::Error::bad_capability);
        using T = ObjectOfKind<C::kind>;
        auto const found =
            TRY(find<T>(*pool, abi::CapAddress{static_cast<std::uint32_t>(frame.rax)}, C::need));
        Target<C::kind> target{self, *pool, *found.slot, *found.object};
        return run(target);
    }
}

template <class C> base::Result<abi::Word> enter_call(Thread& self) {
    return enter<C>(self, std::make_index_sequence<std::tuple_size_v<typename C::Args>>{});
}

using Entry = base::Result<abi::Word> (*)(Thread&);

base::Result<abi::Word> unknown(Thread&) { return base::fail(abi::Error::unknown_call); }

template <class... C> consteval auto make_table(abi::CallList<C...>) {
    std::array<Entry, abi::call_numbers> table{};
    table.fill(&unknown);
    ((table[C::number] != &unknown ? two_calls_with_one_number()
                                   : static_cast<void>(table[C::number] = &enter_call<C>)),
     ...);
    return table;
}

constinit auto const table = make_table(abi::Calls{});

/// As leave_kernel, in place: most calls end here.
[[gnu::always_inline]] inline Thread* leave(Processor& processor) {
    auto* const next = schedule::next();
    processor.current = next;
    if (!next) {
        schedule::stop_context(processor);
        trace::record(processor, trace::of(trace::Kind::run));
    } else if (next != processor.loaded) {
        processor.counters.thread_switches++;
        trace::record(processor, *next, trace::of(trace::Kind::run));
        schedule::activate(processor, *next, processor.loaded);
    } else if (next->context != processor.context) {
        schedule::change_context(processor, *next->context);
    }
    audit();
    return next;
}

/// The operation in full, whatever it is. The lock is held.
[[gnu::always_inline]] inline Thread* run_call(Thread& self, Processor& processor) {
    processor.counters.calls++;
    auto& frame = self.frame;
    auto const number = frame.rax >> 32 & 0x7fff'ffff;
    auto const result = number < table.size()
                            ? table[arch::checked_index(number, table.size())](self)
                            : unknown(self);
    // A thread that has ended has no use for an answer, and may not even be there any more.
    if (processor.current != &self) {
    } else if (result) {
        frame.rax = 0;
        frame.rdx = *result;
    } else if (result.error() == again) {
        arch::restart_call(frame);
    } else if (result.error() == again_as_reap) {
        frame.rax = abi::call_word(abi::Reap::number, {});
        arch::restart_call(frame);
    } else if (result.error() != no_result) {
        frame.rax = static_cast<std::uint64_t>(result.error());
        frame.rdx = std::exchange(self.progress, 0);
    }
    return leave(processor);
}

[[gnu::noinline]] Thread* run_rare_call(Thread& self, Processor& processor) {
    return run_call(self, processor);
}

/// Whom it wakes goes first, if he comes before the caller.
[[gnu::noinline]] Thread* signal(Thread& self, Processor& processor) {
    auto& frame = self.frame;
    auto* const pool = self.process->pool();
    Slot* slot;
    auto* const notification =
        pool
            ? ipc::fast::find<Notification>(*pool, frame.rax, abi::NotificationRights::signal, slot)
            : nullptr;
    if (!notification) [[unlikely]]
        return run_rare_call(self, processor);
    processor.counters.calls++;
    auto* const woken = notification->raise(slot->data ? slot->data : frame.rdi);
    frame.rax = 0;
    frame.rdx = 0;
    return woken ? leave_kernel(*woken) : leave_kernel();
}

/// It may map, and others may use the same space.
[[gnu::noinline]] Thread* keeper_answer(Thread& self, Processor& processor) {
    auto* const next = ipc::fast_reply_receive<true>(self);
    if (!next) [[unlikely]]
        return run_rare_call(self, processor);
    arch::exchange_bases(self.fs_base, self.gs_base, next->fs_base, next->gs_base);
    return next;
}

} // namespace

Thread* leave_kernel() { return leave(this_processor()); }

// entry.S looks for the numbers of these calls.
static_assert(abi::call_word(abi::EndpointCall::number, {}) >> 32 == CALL_ENDPOINT_CALL &&
              abi::call_word(abi::EndpointReplyReceive::number, {}) >> 32 == CALL_REPLY_RECEIVE);

extern "C" [[clang::preserve_none]] Switch kernel_fast_call(Thread* self) {
    return {ipc::fast_call(*self), self};
}

extern "C" [[clang::preserve_none]] Switch kernel_fast_reply_receive(Thread* self) {
    return {ipc::fast_reply_receive(*self), self};
}

extern "C" [[clang::preserve_none]] Switch kernel_fast_foreign_call(Thread* self) {
    return {ipc::fast_report<Sending::foreign>(*self), self};
}

extern "C" [[clang::preserve_none]] Switch kernel_gate_closed(Thread* self) {
    auto& processor = this_processor();
    if (wait_at_gate(processor)) return {nullptr, self};
    Held held{processor};
    if (processor.current == self) arch::restart_call(self->frame);
    return {leave_kernel(), nullptr};
}

extern "C" [[clang::preserve_none]] Thread* kernel_system_call(Thread* caller) {
    auto& self = *caller;
    auto& processor = this_processor();
    Held const held{processor};
    if (processor.current != &self) return leave_kernel();
    auto const word = self.frame.rax;
    if ((word & abi::call_bit) == 0 || self.foreign) {
        ipc::to_keeper(self, Sending::foreign);
        return leave_kernel();
    }
    if (word >> 32 == CALL_REPLY_RECEIVE && (self.frame.rbx & ipc::keepers_flags) != 0)
        return keeper_answer(self, processor);
    if (word >> 32 == abi::call_word(abi::NotificationSignal::number, {}) >> 32)
        return signal(self, processor);
    return run_call(self, processor);
}

} // namespace kernel
