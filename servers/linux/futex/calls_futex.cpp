// futex, and the lists of them that outlive their owners.

#include <servers/linux/futex/priority_lock.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/clocks.hpp>
#include <servers/linux/time/time_words.hpp>

#include <memory>
#include <new>

namespace personality::calls {

namespace {

enum Operation : std::uint32_t {
    wait = 0,
    wake = 1,
    requeue = 3,
    cmp_requeue = 4,
    wake_op = 5,
    lock_pi = 6,
    unlock_pi = 7,
    trylock_pi = 8,
    wait_bitset = 9,
    wake_bitset = 10,
    wait_requeue_pi = 11,
    cmp_requeue_pi = 12,
    lock_pi2 = 13,
};
constexpr std::uint32_t private_flag = 128, realtime_flag = 256, operation_mask = 127;
constexpr std::uint32_t everybody = ~0U;

Result<FutexKey> key_of(Task& task, UserAddress address, bool is_private) {
    if (address % 4 != 0) return fail(Errno::inval);
    if (address >= layout::task_end) return fail(Errno::fault);
    if (is_private) return FutexKey{reinterpret_cast<std::uint64_t>(&task.memory()), address};
    auto const place = task.memory().shared_place(address);
    if (!place) return fail(Errno::fault);
    return FutexKey{place->object, place->offset};
}

Result<Instant> deadline_of(Task& task, UserAddress timeout, bool absolute, bool realtime) {
    auto const words = TRY(task.memory().load<TimeSpec>(timeout));
    std::uint64_t const ns = TRY(words.ns());
    std::uint64_t const now = task.system().now();
    if (!absolute) return add(now, ns);
    std::uint64_t const reading = realtime ? task.environment().clock.realtime() : now;
    return ns > reading ? add(now, ns - reading) : now;
}

/// One call of futex, its first words read.
struct Request {
    std::uint32_t operation;
    bool is_private, realtime;

    explicit Request(Call const& call)
        : operation(call.int_arg(1) & operation_mask),
          is_private((call.int_arg(1) & private_flag) != 0),
          realtime((call.int_arg(1) & realtime_flag) != 0) {}

    Result<> set_deadline(Call& call, bool absolute, bool by_realtime) const {
        if (call.args[3] != 0)
            call.deadline = TRY(deadline_of(call.task, call.args[3], absolute, by_realtime));
        return {};
    }
};

/// Wait at args[0] if the word is still args[2].
Result<> begin_wait(Call& call, Request const& request, std::uint32_t bits,
                    FutexWaiter::Kind kind = FutexWaiter::Kind::plain) {
    Task& task = call.task;
    auto const key = TRY(key_of(task, call.args[0], request.is_private));
    auto const value = TRY(task.memory().load<std::uint32_t>(call.args[0]));
    if (value != call.int_arg(2)) return fail(Errno::again);
    task.futex.key = key;
    task.futex.bits = bits;
    task.futex.kind = kind;
    task.system().futexes.add(task.futex);
    return {};
}

/// `until`: of a wait that goes on after a stop; 0: it is the first.
Outcome futex_wait(Call& call, Request const& request, std::uint32_t bits, Instant until) {
    Task& task = call.task;
    if (bits == 0) return Errno::inval;
    bool const absolute = request.operation == wait_bitset;
    if (call.first) {
        if (until != 0)
            call.deadline = until;
        else
            TRY(request.set_deadline(call, absolute, request.realtime));
        TRY(begin_wait(call, request, bits));
    }
    if (task.futex.woken) return 0;
    if (!call.expired && !call.interrupted) return Outcome::blocked();
    FutexTable::remove(task.futex);
    if (call.expired) return Errno::timedout;
    if (call.args[3] == 0) return Errno::restart_sys;
    // By restart_syscall, since a relative timeout must not begin anew.
    constexpr std::uint64_t futex_number = 202;
    task.restart = {.number = futex_number, .words = {call.deadline}};
    return Errno::restart_block;
}

Outcome futex_lock(Call& call, Request const& request) {
    Task& task = call.task;
    if (call.first) {
        auto const key = TRY(key_of(task, call.args[0], request.is_private));
        // The older call knows the time of day only.
        TRY(request.set_deadline(call, true, request.operation == lock_pi || request.realtime));
        if (TRY(lock_or_wait(task, key, call.args[0]))) return 0;
    }
    if (task.futex.woken) return 0;
    if (!call.expired && !call.interrupted) return Outcome::blocked();
    stop_waiting(task);
    return call.expired ? Errno::timedout : Errno::restart_no_intr;
}

Outcome futex_wait_requeue(Call& call, Request const& request) {
    Task& task = call.task;
    auto& waiter = task.futex;
    if (call.first) {
        TRY(request.set_deadline(call, true, request.realtime));
        auto const lock = TRY(key_of(task, call.args[4], request.is_private));
        if (lock == TRY(key_of(task, call.args[0], request.is_private))) return Errno::inval;
        TRY(begin_wait(call, request, everybody, FutexWaiter::Kind::before_lock));
        waiter.lock = lock;
        waiter.lock_address = call.args[4];
    }
    if (waiter.woken) return 0;
    if (!call.expired && !call.interrupted) return Outcome::blocked();
    bool const moved = waiter.kind == FutexWaiter::Kind::lock;
    stop_waiting(task);
    if (call.expired) return Errno::timedout;
    // Once it stands in line for the lock it can't begin from the start.
    return moved ? Errno::again : Errno::restart_no_intr;
}

Outcome futex_requeue(Call& call, Request const& request) {
    Task& task = call.task;
    auto const wakes = static_cast<std::int32_t>(call.args[2]);
    auto const moves = static_cast<std::int32_t>(call.args[3]);
    if (wakes < 0 || moves < 0) return Errno::inval;
    auto const from = TRY(key_of(task, call.args[0], request.is_private));
    auto const to = TRY(key_of(task, call.args[4], request.is_private));
    bool const to_lock = request.operation == cmp_requeue_pi;
    if (to_lock && (wakes != 1 || from == to)) return Errno::inval;
    if (request.operation != requeue) {
        auto const value = TRY(task.memory().load<std::uint32_t>(call.args[0]));
        if (value != call.int_arg(5)) return Errno::again;
    }
    auto const most = static_cast<std::size_t>(moves);
    if (to_lock) return requeue_to_lock(task, from, to, call.args[4], most + 1);
    return task.system().futexes.requeue(from, to, static_cast<std::size_t>(wakes), most);
}

std::size_t at_least_one(std::uint64_t count) {
    auto const number = static_cast<std::int32_t>(count);
    return static_cast<std::size_t>(number > 0 ? number : 1);
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
    std::size_t woken = TRY(futexes.wake(first, at_least_one(call.args[2])));
    if (holds) woken += TRY(futexes.wake(second, at_least_one(call.args[3])));
    return woken;
}

} // namespace

Outcome futex(Call& call) {
    Task& task = call.task;
    Request const request(call);
    auto const operation = request.operation;
    if (request.realtime && operation != wait_bitset && operation != wait_requeue_pi &&
        operation != lock_pi2)
        return Errno::nosys;
    switch (operation) {
    case wait: return futex_wait(call, request, everybody, 0);
    case wait_bitset: return futex_wait(call, request, call.int_arg(5), 0);
    case wake:
    case wake_bitset: {
        auto const bits = operation == wake ? everybody : call.int_arg(5);
        if (bits == 0) return Errno::inval;
        auto const key = TRY(key_of(task, call.args[0], request.is_private));
        return task.system().futexes.wake(key, at_least_one(call.args[2]), bits);
    }
    case requeue:
    case cmp_requeue:
    case cmp_requeue_pi: return futex_requeue(call, request);
    case wake_op: {
        auto const first = TRY(key_of(task, call.args[0], request.is_private));
        auto const second = TRY(key_of(task, call.args[4], request.is_private));
        return futex_wake_op(call, first, second);
    }
    case lock_pi:
    case lock_pi2: return futex_lock(call, request);
    case trylock_pi:
        return try_lock(task, TRY(key_of(task, call.args[0], request.is_private)), call.args[0]);
    case unlock_pi:
        return unlock(task, TRY(key_of(task, call.args[0], request.is_private)), call.args[0]);
    case wait_requeue_pi: return futex_wait_requeue(call, request);
    default: return Errno::nosys;
    }
}

Outcome futex_again(Call& call) {
    Request const request(call);
    auto const bits = request.operation == wait ? everybody : call.int_arg(5);
    return futex_wait(call, request, bits, call.task.restart.words[0]);
}

namespace {

struct WaitWords { // struct futex_waitv
    std::uint64_t value, address;
    std::uint32_t flags, reserved;
};
constexpr std::uint64_t most_waits = 128;

/// The waiters of one futex_waitv.
class WaitVector final : public Counted {
public:
    ~WaitVector() override {
        for (std::uint64_t i = 0; i < count; i++) FutexTable::remove(waiters[i]);
    }
    std::unique_ptr<FutexWaiter[]> waiters;
    std::uint64_t count = 0;
};

Result<> begin_waits(Call& call, WaitVector& vector) {
    constexpr std::uint32_t word_of_32_bits = 2;
    Task& task = call.task;
    for (std::uint64_t i = 0; i < call.args[1]; i++) {
        auto const at = call.args[0] + i * sizeof(WaitWords);
        auto const words = TRY(task.memory().load<WaitWords>(at));
        if ((words.flags & ~(word_of_32_bits | private_flag)) != 0 || words.reserved != 0 ||
            (words.flags & word_of_32_bits) == 0)
            return fail(Errno::inval);
        auto& waiter = vector.waiters[i];
        waiter.key = TRY(key_of(task, words.address, (words.flags & private_flag) != 0));
        auto const value = TRY(task.memory().load<std::uint32_t>(words.address));
        if (value != static_cast<std::uint32_t>(words.value)) return fail(Errno::again);
        waiter.call = &call;
        task.system().futexes.add(waiter);
        vector.count++;
    }
    return {};
}

} // namespace

Outcome futex_waitv(Call& call) {
    Task& task = call.task;
    if (call.first) {
        if (call.int_arg(2) != 0) return Errno::inval;
        if (call.args[1] == 0 || call.args[1] > most_waits || call.args[0] == 0)
            return Errno::inval;
        if (call.args[3] != 0) {
            auto const clock = call.fd_arg(4);
            if (clock != clock_monotonic && clock != clock_realtime) return Errno::inval;
            call.deadline = TRY(deadline_of(task, call.args[3], true, clock == clock_realtime));
        }
        auto const vector = make<WaitVector>();
        if (!vector) return Errno::nomem;
        vector->waiters.reset(new (std::nothrow) FutexWaiter[call.args[1]]);
        if (!vector->waiters) return Errno::nomem;
        TRY(begin_waits(call, *vector));
        call.held[0] = vector;
        return call.block(Errno::restart_sys);
    }
    auto const& vector = static_cast<WaitVector&>(*call.held[0]);
    for (std::uint64_t i = 0; i < vector.count; i++)
        if (vector.waiters[i].woken) return i;
    return call.block(Errno::restart_sys, Errno::timedout);
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
