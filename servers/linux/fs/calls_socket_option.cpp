// getsockopt and setsockopt.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/socket/call_socket.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/time/time_words.hpp>

#include <algorithm>

namespace personality::calls {

namespace {

constexpr std::uint32_t socket_level = 1;

enum Option : std::uint32_t { // SO_*
    debug = 1,
    reuse_address = 2,
    type = 3,
    error = 4,
    dont_route = 5,
    broadcast = 6,
    send_buffer = 7,
    receive_buffer = 8,
    keep_alive = 9,
    out_of_band_inline = 10,
    priority = 12,
    linger = 13,
    reuse_port = 15,
    pass_credentials = 16,
    peer_credentials = 17,
    receive_least = 18,
    send_least = 19,
    receive_timeout = 20,
    send_timeout = 21,
    accepts = 30,
    send_buffer_force = 32,
    receive_buffer_force = 33,
    protocol = 38,
    domain = 39,
};

struct LingerWords { // struct linger
    std::int32_t on, seconds;
};

/// Those that are no more than kept, or looked at by the family.
bool is_switch(std::uint32_t option) {
    switch (option) {
    case debug:
    case reuse_address:
    case dont_route:
    case broadcast:
    case keep_alive:
    case out_of_band_inline:
    case reuse_port:
    case pass_credentials: return true;
    default: return false;
    }
}

template <class T> Outcome store(Call& call, T const& value) {
    auto& memory = call.task.memory();
    auto const room = TRY(memory.load<std::int32_t>(call.args[4]));
    if (room < 0) return Errno::inval;
    auto const bytes = std::min(static_cast<std::size_t>(room), sizeof value);
    TRY(memory.copy_out(call.args[3], std::as_bytes(std::span(&value, 1)).first(bytes)));
    return memory.store(call.args[4], static_cast<std::int32_t>(bytes));
}

template <class T> Result<T> load(Call& call) {
    if (call.fd_arg(4) < static_cast<std::int32_t>(sizeof(T))) return fail(Errno::inval);
    return call.task.memory().load<T>(call.args[3]);
}

TimeValue encode_timeout(std::uint64_t timeout) {
    return timeout == never ? TimeValue{0, 0} : TimeValue::of(timeout);
}

Result<std::uint64_t> load_timeout(Call& call) {
    auto const words = TRY(load<TimeValue>(call));
    if (words.microseconds < 0 || words.microseconds >= 1'000'000) return fail(Errno::dom);
    if (words.seconds < 0) return 0; // Linux: don't wait at all
    if (words.seconds == 0 && words.microseconds == 0) return never;
    return TimeSpec{words.seconds, words.microseconds * 1000}.ns();
}

/// What is asked for is doubled, and kept within bounds.
Result<std::uint32_t> load_buffer_bytes(Call& call, std::uint32_t least, bool force) {
    auto const asked = TRY(load<std::int32_t>(call));
    if (force && !call.task.identity().can(Identity::net_admin)) return fail(Errno::perm);
    auto const bytes =
        std::clamp<std::int64_t>(static_cast<std::uint32_t>(asked), 0, Socket::most_bytes / 2);
    return std::max(static_cast<std::uint32_t>(bytes * 2), least);
}

} // namespace

Outcome getsockopt(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    if (call.int_arg(1) != socket_level) return Errno::opnotsupp;
    auto const number = call.int_arg(2);
    auto const& options = socket->options;
    if (is_switch(number)) return store(call, std::int32_t{options.has(number)});
    switch (number) {
    case type: return store(call, static_cast<std::int32_t>(socket->type));
    case error: return store(call, socket->take_error());
    case send_buffer: return store(call, options.send_bytes);
    case receive_buffer: return store(call, options.receive_bytes);
    case priority: return store(call, options.priority);
    case linger:
        return store(call, LingerWords{std::int32_t{options.linger}, options.linger_seconds});
    case peer_credentials: return store(call, socket->peer_credentials());
    case receive_least: return store(call, options.receive_least);
    case send_least: return store(call, std::int32_t{1});
    case receive_timeout: return store(call, encode_timeout(options.receive_timeout));
    case send_timeout: return store(call, encode_timeout(options.send_timeout));
    case accepts: return store(call, std::int32_t{socket->listening()});
    case protocol: return store(call, std::int32_t{0});
    case domain: return store(call, std::int32_t{socket->family});
    default: return Errno::noprotoopt;
    }
}

Outcome setsockopt(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    if (call.fd_arg(4) < 0) return Errno::inval;
    if (call.int_arg(1) != socket_level) return Errno::opnotsupp;
    auto const number = call.int_arg(2);
    auto& options = socket->options;
    if (is_switch(number)) {
        bool const on = TRY(load<std::int32_t>(call)) != 0;
        auto const bit = std::uint64_t{1} << number;
        options.switches = on ? options.switches | bit : options.switches & ~bit;
        return 0;
    }
    switch (number) {
    case send_buffer:
    case send_buffer_force:
        options.send_bytes =
            TRY(load_buffer_bytes(call, Socket::least_send_bytes, number == send_buffer_force));
        socket->queue.wake_all(poll_event::writable);
        return 0;
    case receive_buffer:
    case receive_buffer_force:
        options.receive_bytes = TRY(
            load_buffer_bytes(call, Socket::least_receive_bytes, number == receive_buffer_force));
        return 0;
    case priority: {
        constexpr std::int32_t most = 6;
        auto const value = TRY(load<std::int32_t>(call));
        if ((value < 0 || value > most) && !call.task.identity().can(Identity::net_admin))
            return Errno::perm;
        options.priority = value;
        return 0;
    }
    case linger: {
        auto const words = TRY(load<LingerWords>(call));
        options.linger = words.on != 0;
        options.linger_seconds = words.seconds;
        return 0;
    }
    case receive_least: {
        auto const value = TRY(load<std::int32_t>(call));
        options.receive_least =
            value < 0 ? INT32_MAX : static_cast<std::uint32_t>(value ? value : 1);
        return 0;
    }
    case receive_timeout: options.receive_timeout = TRY(load_timeout(call)); return 0;
    case send_timeout: options.send_timeout = TRY(load_timeout(call)); return 0;
    default: return Errno::noprotoopt;
    }
}

} // namespace personality::calls
