// Messages and signals. The message operations read their own registers and write their own
// outcome.

#include <kernel/call/handlers.hpp>
#include <kernel/ipc/message.hpp>

namespace kernel {

HANDLE(EndpointCall) { return ipc::send(on.self, on.object, on.slot, Sending::call); }
HANDLE(EndpointSend) { return ipc::send(on.self, on.object, on.slot, Sending::send); }
HANDLE(EndpointReceive) { return ipc::receive(on.self, on.object); }
HANDLE(EndpointReplyReceive) { return ipc::reply_receive(on.self, on.object); }
HANDLE(ReplySend) { return ipc::reply(on.self, on.object); }

HANDLE(EndpointServe, abi::Word flags) {
    if (flags > 1) return base::fail(abi::Error::bad_argument);
    if (on.object.server && on.object.server != on.self.process && flags == 0)
        return base::fail(abi::Error::already_bound);
    on.object.serve(*on.self.process);
    return {};
}

HANDLE(NotificationSignal, abi::Word bits) {
    on.object.signal(on.slot.data ? on.slot.data : bits);
    return {};
}

HANDLE(NotificationWait, abi::Word deadline) {
    if (on.object.any()) return on.object.take();
    on.self.wait(Thread::State::waiting, on.object.waiters, deadline);
    return base::fail(no_result);
}

HANDLE(NotificationPoll) {
    if (!on.object.any()) return base::fail(abi::Error::would_block);
    return on.object.take();
}

} // namespace kernel
