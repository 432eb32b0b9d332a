// Sending to sockets and receiving from them.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/poll_set.hpp>
#include <servers/linux/fs/socket/call_socket.hpp>
#include <servers/linux/fs/socket/control_messages.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>

namespace personality::calls {

namespace {

struct MessageWords { // struct msghdr
    UserAddress name;
    std::int32_t name_bytes;
    std::uint32_t padding;
    UserAddress vectors;
    std::uint64_t vector_count;
    UserAddress control;
    std::uint64_t control_bytes;
    std::uint32_t flags;
    std::uint32_t padding_behind;
};
static_assert(sizeof(MessageWords) == 56);

/// struct mmsghdr: the same, and how much went.
constexpr std::uint64_t many_stride = sizeof(MessageWords) + 8;
constexpr std::uint32_t most_messages = 1024;

Result<UserBuffer> vectors_of(Call& call, MessageWords const& words) {
    if (words.vector_count > UserBuffer::max_vectors) return fail(Errno::msgsize);
    return UserBuffer::vectors(call.task.memory(), words.vectors, words.vector_count);
}

Outcome send_message(Call& call, Socket& socket, UserAddress at, std::uint32_t flags) {
    auto const words = TRY(call.task.memory().load<MessageWords>(at));
    if (words.name_bytes < 0) return Errno::inval;
    SocketAddress to;
    bool const addressed = words.name != 0 && words.name_bytes != 0;
    if (addressed) {
        constexpr auto longest = static_cast<std::int32_t>(SocketAddress::longest);
        auto const bytes = std::min(words.name_bytes, longest);
        to = TRY(load_address(call, words.name, static_cast<std::uint64_t>(bytes)));
    }
    auto buffer = TRY(vectors_of(call, words));
    TRY(buffer.skip(call.progress[0]));
    Outgoing message{.bytes = buffer, .flags = flags, .to = addressed ? &to : nullptr};
    if (words.control != 0 && words.control_bytes != 0)
        TRY(load_control(call, socket, words.control, words.control_bytes, message));
    return socket.send(call, message);
}

/// The buffer holds as much as the program gave room for; what came beside it is told in `at`.
Outcome receive_message(Call& call, Socket& socket, UserAddress at, std::uint32_t flags) {
    auto& memory = call.task.memory();
    auto words = TRY(memory.load<MessageWords>(at));
    if (words.name_bytes < 0) return Errno::inval;
    auto buffer = TRY(vectors_of(call, words));
    SocketAddress from;
    Incoming message{.bytes = buffer, .flags = flags, .from = words.name != 0 ? &from : nullptr};
    auto const outcome = socket.receive(call, message);
    if (outcome.is_blocked() || outcome.is_error() || outcome.value() < -4095) return outcome;
    message.told |= flags & message_flag::close_on_exec;
    words.control_bytes = store_control(call, socket, words.control, words.control_bytes, message);
    if (words.name != 0) {
        auto const room = static_cast<std::uint32_t>(words.name_bytes);
        TRY(memory.copy_out(words.name, std::span(from.bytes).first(std::min(room, from.length))));
        TRY(memory.store(at + offsetof(MessageWords, name_bytes), from.length));
    }
    TRY(memory.store(at + offsetof(MessageWords, flags), message.told));
    TRY(memory.store(at + offsetof(MessageWords, control_bytes), words.control_bytes));
    return outcome;
}

/// What sendmmsg and recvmmsg have in common. progress[1]: messages that are done.
template <class Each> Outcome each_message(Call& call, std::uint32_t count, Each&& each) {
    auto& done = call.progress[1];
    for (count = std::min(count, most_messages); done < count; done++) {
        auto const at = call.args[1] + done * many_stride;
        auto const outcome = each(at, done);
        bool const ended = outcome.is_error() || outcome.value() < 0;
        // Whoever waits and has something already is told of it when he is interrupted.
        if (outcome.is_blocked()) return call.interrupted && done != 0 ? Outcome(done) : outcome;
        if (ended) return done != 0 ? Outcome(done) : outcome;
        auto const moved = static_cast<std::uint32_t>(outcome.value());
        if (!call.task.memory().store(at + sizeof(MessageWords), moved))
            return done != 0 ? Outcome(done) : Errno::fault;
        call.progress[0] = 0;
    }
    return done;
}

} // namespace

Outcome sendto(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    auto buffer = UserBuffer::plain(call.task.memory(), call.args[1], call.args[2]);
    TRY(buffer.skip(call.progress[0]));
    Outgoing message{.bytes = buffer, .flags = call.int_arg(3)};
    if (call.args[4] == 0 || call.int_arg(5) == 0) return socket->send(call, message);
    auto const to = TRY(load_address(call, call.args[4], call.args[5]));
    message.to = &to;
    return socket->send(call, message);
}

Outcome recvfrom(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    auto buffer = UserBuffer::plain(call.task.memory(), call.args[1], call.args[2]);
    Incoming message{.bytes = buffer, .flags = call.int_arg(3)};
    if (call.args[4] == 0) return socket->receive(call, message);
    SocketAddress from;
    message.from = &from;
    auto const outcome = socket->receive(call, message);
    if (outcome.value() < 0) return outcome;
    // The end of a stream has no sender.
    TRY(store_address(call, from, call.args[4], call.args[5]));
    return outcome;
}

Outcome sendmsg(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    return send_message(call, *socket, call.args[1], call.int_arg(2));
}

Outcome recvmsg(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    return receive_message(call, *socket, call.args[1], call.int_arg(2));
}

Outcome sendmmsg(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    return each_message(call, call.int_arg(2), [&](UserAddress at, std::uint64_t) {
        return send_message(call, *socket, at, call.int_arg(3));
    });
}

Outcome recvmmsg(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    TRY(set_timeout(call, call.args[4]));
    auto const flags = call.int_arg(3);
    return each_message(call, call.int_arg(2), [&](UserAddress at, std::uint64_t done) -> Outcome {
        // The time is looked at between messages.
        if (done != 0 && timed_out(call)) return Errno::again;
        bool const at_once = done != 0 && (flags & message_flag::wait_for_one) != 0;
        auto const now = flags & ~message_flag::wait_for_one;
        return receive_message(call, *socket, at, at_once ? now | message_flag::dont_wait : now);
    });
}

} // namespace personality::calls
