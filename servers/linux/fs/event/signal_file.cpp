#include <servers/linux/fs/event/signal_file.hpp>

#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>

namespace personality {

namespace {

struct SignalWords { // struct signalfd_siginfo
    std::uint32_t signal;
    std::int32_t errno_value;
    std::int32_t code;
    std::uint32_t pid, uid;
    std::int32_t fd;
    std::uint32_t timer, band, overrun, trap;
    std::int32_t status, integer;
    std::uint64_t pointer, user_time, system_time, address;
    std::uint8_t reserved[48];
};
static_assert(sizeof(SignalWords) == 128);

constexpr SignalSet faults =
    SignalSet::of(Signal::segv, Signal::bus, Signal::ill, Signal::fpe, Signal::trap);

SignalWords words_of(SignalInfo const& info) {
    SignalWords words{};
    words.signal = static_cast<std::uint32_t>(info.signal);
    words.errno_value = info.errno_value;
    words.code = info.code;
    if (info.code == signal_code::timer) {
        words.timer = static_cast<std::uint32_t>(info.pid);
        words.overrun = info.uid;
    } else if (info.code > 0 && faults.has(info.signal)) {
        words.address = info.value;
        return words;
    } else {
        words.pid = static_cast<std::uint32_t>(info.pid);
        words.uid = info.uid;
    }
    if (info.signal == Signal::chld && info.code > 0) {
        words.status = info.status;
        words.user_time = info.utime;
        words.system_time = info.stime;
    } else {
        words.integer = static_cast<std::int32_t>(info.value);
        words.pointer = info.value;
    }
    return words;
}

} // namespace

void SignalFile::change(SignalSet signals) {
    signals_ = signals;
    if (system_.current != nullptr) system_.current->process.handlers->arrivals.wake_all();
}

Outcome SignalFile::read(Call& call, UserBuffer& to) {
    if (to.remaining() < sizeof(SignalWords)) return Errno::inval;
    Task& task = call.task;
    while (to.remaining() >= sizeof(SignalWords)) {
        auto const info = take_signal(task, signals_);
        if (info.signal == Signal::none) break;
        auto const words = words_of(info);
        auto const moved = to.copy_out(std::as_bytes(std::span(&words, 1)));
        if (!moved) return moved.error();
        if (*moved < sizeof words) break;
    }
    if (auto const whole = to.moved() / sizeof(SignalWords); whole != 0)
        return whole * sizeof(SignalWords);
    if (to.moved() != 0) return Errno::fault;
    if (nonblocking()) return Errno::again;
    TRY(call.watch(task.process.handlers->arrivals));
    return call.block(Errno::restart_sys);
}

std::uint32_t SignalFile::ready() {
    auto const* const task = system_.current;
    if (task == nullptr) return 0;
    auto const pending = task->pending.set() | task->process.pending.set();
    return (pending & signals_).empty() ? 0 : poll_event::readable;
}

WaitQueue* SignalFile::poll_queue() {
    auto* const task = system_.current;
    return task != nullptr ? &task->process.handlers->arrivals : nullptr;
}

} // namespace personality
