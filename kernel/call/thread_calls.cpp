// Threads.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/ipc/keeper_reply.hpp>
#include <kernel/ipc/message.hpp>
#include <kernel/sched/schedule.hpp>
#include <kernel/trace/trace.hpp>

namespace kernel {

HANDLE(ThreadConfigure, abi::CapAddress process_address, abi::CapAddress message_memory,
       abi::Word page, abi::Word flags) {
    auto& thread = on.object;
    if (thread.state != Thread::State::fresh || thread.process)
        return base::fail(abi::Error::bad_state);
    if (flags > 1) return base::fail(abi::Error::bad_argument);
    auto const process =
        TRY(find<Process>(on.pool, process_address, abi::ProcessRights::configure));
    if (process.object->ends() || !process.object->space())
        return base::fail(abi::Error::bad_state);
    if (process.object->thread_count == abi::max_process_threads)
        return base::fail(abi::Error::out_of_range);
    if (message_memory) {
        auto const memory =
            TRY(find<Memory>(on.pool, message_memory,
                             abi::rights(abi::MemoryRights::read, abi::MemoryRights::write)));
        if (memory.object->device()) return base::fail(abi::Error::bad_argument);
        if (page >= memory.slot->count()) return base::fail(abi::Error::out_of_range);
        TRY(derivation::derivable(*memory.slot));
        derivation::derive(thread.message_slot, *memory.slot, memory.slot->rights,
                           memory.slot->data);
        thread.message_page = reinterpret_cast<abi::MessagePage*>(
            arch::to_virtual(memory.object->start_of(*memory.slot) + page * abi::page_bytes));
    }
    process.object->join(thread);
    thread.foreign = process.object->foreign;
    thread.fpu_free = (flags & 1) != 0;
    thread.held = process.object->state != abi::ProcessState::running;
    trace::introduce(thread);
    return {};
}

HANDLE(ThreadSetKeeper, abi::CapAddress endpoint) {
    auto const to = TRY(find_or_none<Endpoint>(on.pool, endpoint, abi::EndpointRights::send));
    return rebind(on.object.keeper, to.slot);
}

HANDLE(ThreadSetTimeout, abi::CapAddress endpoint) {
    auto const to = TRY(find_or_none<Endpoint>(on.pool, endpoint, abi::EndpointRights::send));
    return rebind(on.object.timeout, to.slot);
}

HANDLE(ThreadSetPriority, abi::Word priority) {
    if (priority > 255) return base::fail(abi::Error::bad_argument);
    if (priority > on.slot.data) return base::fail(abi::Error::no_rights);
    auto& thread = on.object;
    schedule::unready(thread);
    thread.priority = static_cast<std::uint8_t>(priority);
    schedule::make_ready(thread);
    return {};
}

HANDLE(ThreadBindNotification, abi::CapAddress notification) {
    auto* const fresh =
        TRY(find_or_none<Notification>(on.pool, notification, abi::NotificationRights::wait))
            .object;
    if (fresh && fresh->bound && fresh->bound != &on.object)
        return base::fail(abi::Error::already_bound);
    on.object.bind_notification(fresh);
    return {};
}

HANDLE(ThreadBindContext, abi::CapAddress context) {
    auto* const fresh =
        TRY(find_or_none<SchedContext>(on.pool, context, abi::SchedContextRights::bind)).object;
    if (fresh && fresh->owner && fresh->owner != &on.object)
        return base::fail(abi::Error::already_bound);
    if (fresh != on.object.own_context) on.object.bind_context(fresh);
    return {};
}

HANDLE(ThreadSetReceiveSlots, std::uint16_t first, abi::Word count) {
    if (count > abi::message_caps || first + count > 0x10000)
        return base::fail(abi::Error::out_of_range);
    on.object.receive_slot = first;
    on.object.receive_slots = static_cast<std::uint16_t>(count);
    return {};
}

HANDLE(ThreadReadRegisters) {
    auto* const page = TRY(message_page(on.self));
    if (&on.object == &on.self) return base::fail(abi::Error::bad_state);
    ipc::read_registers(on.object, *page);
    return {};
}

HANDLE(ThreadWriteRegisters) {
    auto* const page = TRY(message_page(on.self));
    if (&on.object == &on.self || on.object.state == Thread::State::ended)
        return base::fail(abi::Error::bad_state);
    auto const registers = TRY(ipc::registers_in(*page));
    ipc::write_registers(on.object, registers, *page);
    return {};
}

HANDLE(ThreadResume) {
    auto& thread = on.object;
    if (!thread.process ||
        (thread.state != Thread::State::fresh && thread.state != Thread::State::suspended &&
         thread.state != Thread::State::keeper_lost))
        return base::fail(abi::Error::bad_state);
    thread.run();
    return {};
}

HANDLE(ThreadSuspend) {
    auto& thread = on.object;
    if (thread.state == Thread::State::ended || thread.state == Thread::State::fresh)
        return base::fail(abi::Error::bad_state);
    thread.suspend();
    if (&thread == &on.self) {
        thread.frame.rax = 0;
        return base::fail(no_result);
    }
    return {};
}

HANDLE(ThreadKick) {
    on.object.kick();
    return {};
}

HANDLE(ThreadInspect) {
    auto const& thread = on.object;
    abi::ThreadInfo const info{
        .state = thread.state,
        .priority = thread.priority,
        .kicked = thread.kicked,
        .fpu_free = thread.fpu_free,
        .rip = thread.frame.rip,
        .rsp = thread.frame.rsp,
        .fault_vector = thread.fault_vector,
        .fault_error = thread.fault_error,
        .fault_address = thread.fault_address,
    };
    return tell(on.self, info);
}

} // namespace kernel
