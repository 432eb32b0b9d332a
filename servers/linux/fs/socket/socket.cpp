#include <servers/linux/fs/socket/socket.hpp>

#include <servers/linux/fs/caller.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/time_words.hpp>

namespace personality {

Outcome Socket::read(Call& call, UserBuffer& to) {
    if (to.remaining() == 0) return 0;
    Incoming message{.bytes = to};
    return receive(call, message);
}

Outcome Socket::write(Call& call, UserBuffer& from) {
    Outgoing message{.bytes = from};
    return send(call, message);
}

Outcome Socket::wait(Call& call, WaitQueue& where, std::uint32_t events, std::uint64_t timeout,
                     std::uint64_t done) {
    if (timeout != never && call.deadline == never)
        call.deadline = add(call.task.system().now(), timeout);
    if (call.expired || timeout == 0) return done != 0 ? Outcome(done) : Errno::again;
    TRY(call.watch(where, events));
    if (done != 0) return call.block(done);
    return call.block(timeout != never ? Errno::intr : Errno::restart_sys);
}

Outcome Socket::broken(Call& call, std::uint32_t flags, std::uint64_t done) {
    if (done != 0) return done;
    if ((flags & message_flag::no_signal) == 0) raise(call.task, Signal::pipe);
    return Errno::pipe;
}

} // namespace personality
