#include <servers/linux/fs/poll_set.hpp>

#include <servers/linux/environment.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>

namespace personality {

namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint32_t always = poll_event::error | poll_event::hang_up;

struct TimeWords { // struct timespec, or timeval
    std::int64_t seconds, fraction;
};

std::uint64_t now(Call& call) { return call.task.environment().clock.monotonic(); }

void set_deadline(Call& call, std::uint64_t nanoseconds) {
    auto const start = now(call);
    call.deadline = nanoseconds > never - 1 - start ? never - 1 : start + nanoseconds;
}

Result<> set_from_words(Call& call, UserAddress address, std::int64_t per_second) {
    if (!call.first || address == 0) return {};
    auto const words = TRY(call.task.memory().load<TimeWords>(address));
    if (words.seconds < 0 || words.fraction < 0 || words.fraction >= per_second)
        return fail(Errno::inval);
    constexpr std::int64_t far = 1'000'000'000; // seconds; longer waits are all the same
    auto const seconds = static_cast<std::uint64_t>(words.seconds < far ? words.seconds : far);
    auto const part = static_cast<std::uint64_t>(words.fraction) *
                      (second / static_cast<std::uint64_t>(per_second));
    set_deadline(call, seconds * second + part);
    return {};
}

void store_words(Call& call, UserAddress address, std::uint64_t per_second) {
    if (address == 0) return;
    auto const at = now(call);
    auto const left = call.deadline > at ? call.deadline - at : 0;
    TimeWords const words{static_cast<std::int64_t>(left / second),
                          static_cast<std::int64_t>(left % second / (second / per_second))};
    // A program whose timeout lies in memory that it may not write keeps its old one.
    static_cast<void>(call.task.memory().store(address, words));
}

} // namespace

std::uint32_t look(File& file, std::uint32_t events) { return file.ready() & (events | always); }

Result<> watch_file(Call& call, File& file, std::uint32_t events) {
    auto* const queue = file.poll_queue();
    if (queue == nullptr) return {};
    return call.watch(*queue, events | always);
}

Result<> set_timeout_ms(Call& call, std::int32_t milliseconds) {
    if (call.first && milliseconds >= 0)
        set_deadline(call, static_cast<std::uint64_t>(milliseconds) * 1'000'000);
    return {};
}

Result<> set_timeout(Call& call, UserAddress timespec) {
    return set_from_words(call, timespec, 1'000'000'000);
}

Result<> set_timeout_us(Call& call, UserAddress timeval) {
    if (!call.first || timeval == 0) return {};
    // select takes a timeval whose microseconds exceed a second.
    auto const words = TRY(call.task.memory().load<TimeWords>(timeval));
    if (words.seconds < 0 || words.fraction < 0) return fail(Errno::inval);
    constexpr std::int64_t far = 1'000'000'000;
    auto const seconds = static_cast<std::uint64_t>(std::min(words.seconds, far) +
                                                    std::min(words.fraction / 1'000'000, far));
    set_deadline(call,
                 seconds * second + static_cast<std::uint64_t>(words.fraction % 1'000'000) * 1'000);
    return {};
}

void store_timeout(Call& call, UserAddress timespec) { store_words(call, timespec, 1'000'000'000); }
void store_timeout_us(Call& call, UserAddress timeval) { store_words(call, timeval, 1'000'000); }

bool timed_out(Call& call) {
    return call.expired || (call.deadline != never && now(call) >= call.deadline);
}

Result<> set_mask(Call& call, UserAddress mask, std::uint64_t bytes) {
    if (!call.first || mask == 0) return {};
    if (bytes != sizeof(std::uint64_t)) return fail(Errno::inval);
    auto& task = call.task;
    SignalSet const wanted(TRY(task.memory().load<std::uint64_t>(mask)));
    task.saved_signals = task.blocked_signals;
    task.restore_signals = true;
    task.blocked_signals = wanted & ~unblockable;
    // What the new mask lets through interrupts at once.
    call.interrupted = !task.deliverable().empty();
    return {};
}

} // namespace personality
