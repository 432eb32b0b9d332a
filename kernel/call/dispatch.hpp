#pragma once
// From the system-call instruction to the handler and back.

#include <kernel/object/thread.hpp>

namespace kernel {

/// The current thread has made a system call; its registers are in its frame. Returns the thread
/// that runs now, activated; null if nobody can.
extern "C" Thread* kernel_system_call(Thread* self);

/// Whoever is to run now, activated; null: nobody, and the processor may sleep.
Thread* leave_kernel();

} // namespace kernel
