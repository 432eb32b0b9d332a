#pragma once
// The message operations in full: any length, capabilities, deadlines, queues, errors. The fast
// path (fast_path.hpp) does the common case and leaves everything else to these. The operation's
// registers are read from the caller's frame, and its outcome is written there.

#include <kernel/ipc/endpoint.hpp>
#include <kernel/ipc/reply.hpp>
#include <kernel/object/thread.hpp>

#include <base/result.hpp>

namespace kernel::ipc {

/// Call (`sending` call) or send through a capability with this badge and these rights.
base::Result<abi::Word> send(Thread& self, Endpoint& endpoint, Slot const& slot, Sending sending);
/// Receive; the Reply object is named in R14.
base::Result<abi::Word> receive(Thread& self, Endpoint& endpoint);
/// Answer the caller in R14's Reply, then receive with it.
base::Result<abi::Word> reply_receive(Thread& self, Endpoint& endpoint);
/// Answer.
base::Result<abi::Word> reply(Thread& self, Reply& reply);

/// A foreign call, fault, exception or kick of `thread` goes to its keeper. Without one it stops.
void to_keeper(Thread& thread, Sending what);

/// The time that `thread` runs on is used up: its timeout endpoint hears, if it has one.
void tell_timeout(Thread& thread);

/// The time that the reply's caller lent goes home to it.
void take_back_time(Reply& reply);

} // namespace kernel::ipc
