// futex, and the lists of them that outlive their owners.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/time_words.hpp>

namespace personality::calls {

namespace {

enum Operation : std::uint32_t {
    wait = 0,
    wake = 1,
    requeue = 3,
    cmp_requeue = 4,
    wake_op = 5,
    wait_bitset = 9,
    wake_bitset = 10,
};
constexpr std::uint32_t private_flag = 128, realtime_flag = 256, operation_mask = 127;

Result<FutexKey> key_of(Task& task, UserAddress address, bool is_private) {
    if (address % 4 != 0) return fail(Errno::inval);
    if (address >= layout::task_end) return fail(Errno::fault);
    if (is_private) return FutexKey{reinterpret_cast<std::uint64_t>(&task.memory()), address};
    auto const place = task.memory().shared_place(address);
    if (!place) return fail(Errno::fault);
    return FutexKey{place->object, place->offset};
}

Result<Instant> deadline_of(Call& call, UserAddress timeout, bool absolute, bool realtime) {
    auto const words = TRY(call.task.memory().load<TimeSpec>(timeout));
    std::uint64_t const ns = TRY(words.ns());
    std::uint64_t const now = call.task.system().now();
    if (!absolute) return add(now, ns);
    std::uint64_t const reading = realtime ? call.task.environment().clock.realtime() : now;
    return ns > reading ? add(now, ns - reading) : now;
}

Outcome futex_wait(Call& call, std::uint32_t operation, std::uint32_t bits) {
    Task& task = call.task;
    bool const is_private = (call.int_arg(1) & private_flag) != 0;
    if (bits == 0) return Errno::inval;
    if (call.first) {
        auto const key = TRY(key_of(task, call.args[0], is_private));
        if (call.args[3] != 0)
            call.deadline = TRY(deadline_of(call, call.args[3], operation == wait_bitset,
                                            (call.int_arg(1) & realtime_flag) != 0));
        auto const value = TRY(task.memory().load<std::uint32_t>(call.args[0]));
        if (value != call.int_arg(2)) return Errno::again;
        task.futex.key = key;
        task.futex.bits = bits;
        task.system().futexes.add(task.futex);
    }
    if (task.futex.woken) return 0;
    if (!call.expired && !call.interrupted) return Outcome::blocked();
    FutexTable::remove(task.futex);
    if (call.expired) return Errno::timedout;
    // With a timeout the rest of it would have to be kept; the deadline is absolute for us.
    if (call.args[3] == 0 || operation == wait_bitset) return Errno::restart_sys;
    return Errno::intr;
}

/// FUTEX_WAKE_OP: change the second word, wake on the first, and perhaps on the second.
Outcome futex_wake_op(Call& call, FutexKey const& first, FutexKey const& second) {
    auto const code = call.int_arg(5);
    auto const signed12 = [](std::uint32_t value) {
        return static_cast<std::int32_t>(value << 20) >> 20;
    };
    auto argument = static_cast<std::uint32_t>(signed12(code >> 12 & 0xfff));
    auto const compared = static_cast<std::int32_t>(signed12(code & 0xfff));
    std::uint32_t operation = code >> 28;
    if ((operation & 8) != 0) argument = 1U << (argument & 31);
    operation &= 7;
    auto const old = TRY(call.task.memory().load<std::uint32_t>(call.args[4]));
    std::uint32_t value = 0;
    switch (operation) {
    case 0: value = argument; break;
    case 1: value = old + argument; break;
    case 2: value = old | argument; break;
    case 3: value = old & ~argument; break;
    case 4: value = old ^ argument; break;
    default: return Errno::nosys;
    }
    TRY(call.task.memory().store(call.args[4], value));
    auto const before = static_cast<std::int32_t>(old);
    bool holds = false;
    switch (code >> 24 & 15) {
    case 0: holds = before == compared; break;
    case 1: holds = before != compared; break;
    case 2: holds = before < compared; break;
    case 3: holds = before <= compared; break;
    case 4: holds = before > compared; break;
    case 5: holds = before >= compared; break;
    default: return Errno::nosys;
    }
    auto& futexes = call.task.system().futexes;
    std::size_t woken = futexes.wake(first, call.int_arg(2));
    if (holds) woken += futexes.wake(second, static_cast<std::uint32_t>(call.args[3]));
    return woken;
}

} // namespace

Outcome futex(Call& call) {
    Task& task = call.task;
    auto& futexes = task.system().futexes;
    auto const operation = call.int_arg(1) & operation_mask;
    bool const is_private = (call.int_arg(1) & private_flag) != 0;
    switch (operation) {
    case wait: return futex_wait(call, operation, ~0U);
    case wait_bitset: return futex_wait(call, operation, call.int_arg(5));
    case wake:
    case wake_bitset: {
        auto const bits = operation == wake ? ~0U : call.int_arg(5);
        if (bits == 0) return Errno::inval;
        auto const key = TRY(key_of(task, call.args[0], is_private));
        auto const most = static_cast<std::int32_t>(call.args[2]);
        return futexes.wake(key, static_cast<std::size_t>(most > 0 ? most : 1), bits);
    }
    case requeue:
    case cmp_requeue: {
        auto const from = TRY(key_of(task, call.args[0], is_private));
        auto const to = TRY(key_of(task, call.args[4], is_private));
        auto const wakes = static_cast<std::int32_t>(call.args[2]);
        auto const moves = static_cast<std::int32_t>(call.args[3]);
        if (wakes < 0 || moves < 0) return Errno::inval;
        if (operation == cmp_requeue) {
            auto const value = TRY(task.memory().load<std::uint32_t>(call.args[0]));
            if (value != call.int_arg(5)) return Errno::again;
        }
        std::size_t const woken = futexes.wake(from, static_cast<std::size_t>(wakes));
        std::size_t const moved = futexes.requeue(from, to, static_cast<std::size_t>(moves));
        return woken + (operation == cmp_requeue ? moved : 0);
    }
    case wake_op: {
        auto const first = TRY(key_of(task, call.args[0], is_private));
        auto const second = TRY(key_of(task, call.args[4], is_private));
        return futex_wake_op(call, first, second);
    }
    default: return Errno::nosys;
    }
}

Outcome set_robust_list(Call& call) {
    constexpr std::uint64_t head_bytes = 24;
    if (call.args[1] != head_bytes) return Errno::inval;
    call.task.robust_list = call.args[0];
    return 0;
}

Outcome get_robust_list(Call& call) {
    auto const tid = static_cast<Pid>(call.args[0]);
    Task* task = tid == 0 ? &call.task : call.task.system().tasks.task(tid);
    if (task == nullptr) return Errno::srch;
    TRY(call.task.memory().store(call.args[2], std::uint64_t{24}));
    return call.task.memory().store(call.args[1], task->robust_list);
}

Outcome set_tid_address(Call& call) {
    call.task.clear_child_tid = call.args[0];
    return call.task.tid;
}

} // namespace personality::calls
