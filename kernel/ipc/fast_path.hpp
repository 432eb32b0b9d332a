#pragma once
// The direct switch: a call to a server that waits, an answer to a caller that waits, a foreign call
// to a keeper that waits. Words stay in registers, no queue is touched but the Endpoint's own, and
// nobody is scheduled: the partner runs at once, on the caller's time if it has none of its own.
//
// Each function checks everything first. Null means that the case is not the common one; nothing has
// been changed then, and the full operation in message.hpp takes over. Otherwise the thread that runs
// now is returned.

#include <kernel/object/thread.hpp>

namespace kernel::ipc {

Thread* fast_call(Thread& self);
Thread* fast_reply_receive(Thread& self);
Thread* fast_foreign_call(Thread& self);

} // namespace kernel::ipc
