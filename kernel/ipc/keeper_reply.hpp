#pragma once
// How a keeper's answer changes the thread it keeps: a result, the call once more, or all
// registers; before that, perhaps, a mapping.

#include <kernel/ipc/reply.hpp>
#include <kernel/object/thread.hpp>

#include <base/result.hpp>

namespace kernel::ipc {

/// Carry out the mapping in words 1 to 4 of an answer.
base::Result<> map_for(Thread& thread, Frame const& words);

base::Result<> answer_as_keeper(Thread& keeper, Reply& reply, abi::MessageTag tag);

/// The registers that a message page holds, copied out of the shared memory, if they can be a
/// user's: canonical addresses, and an extended state that the processor takes.
base::Result<abi::RegisterFile> registers_in(abi::MessagePage const& page);
/// Give them to a thread that doesn't run, made safe: user selectors, interrupts on, no privilege.
/// The extended state is taken from the page.
void write_registers(Thread& thread, abi::RegisterFile const& in, abi::MessagePage const& page);
void read_registers(Thread& thread, abi::MessagePage& page);

} // namespace kernel::ipc
