#pragma once
// From the system-call instruction to the handler and back.

#include <kernel/object/thread.hpp>

namespace kernel {

/// The current thread has made a system call; its registers are in its frame. Returns the thread
/// that runs now, activated; null if nobody can.
/// It saves no register for entry.S, which keeps nothing in any: its first argument is in R12.
extern "C" [[clang::preserve_none]] Thread* kernel_system_call(Thread* self);

/// Whoever is to run now, activated; null: nobody, and the processor may sleep. The kernel's lock is
/// held.
Thread* leave_kernel();

} // namespace kernel
