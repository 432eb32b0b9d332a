#pragma once
// How a keeper's answer changes the thread it keeps: a result, the call once more, or all registers;
// before that, perhaps, a mapping.

#include <kernel/ipc/reply.hpp>
#include <kernel/object/thread.hpp>

#include <base/result.hpp>

namespace kernel::ipc {

base::Result<> answer_as_keeper(Thread& keeper, Reply& reply, abi::MessageTag tag);

/// Copy the registers of a message page into a thread that doesn't run, made safe: user selectors,
/// interrupts on, no privilege, canonical addresses. Nothing is changed if they can't be.
base::Result<> write_registers(Thread& thread, abi::MessagePage const& page);
void read_registers(Thread& thread, abi::MessagePage& page);

} // namespace kernel::ipc
