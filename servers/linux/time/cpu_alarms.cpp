#include <servers/linux/time/cpu_alarms.hpp>

#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/clocks.hpp>
#include <servers/linux/time/time_words.hpp>

#include <algorithm>

namespace personality {

namespace {

constexpr std::uint64_t millisecond = 1'000'000;
/// How long at most a process that uses nothing is left alone.
constexpr std::uint64_t longest_pause = 64 * millisecond;

} // namespace

void CpuAlarm::cancel() {
    if (link_.linked()) base::List<CpuAlarm, &CpuAlarm::link_>::remove(*this);
}

void CpuAlarms::set(CpuAlarm& alarm, std::uint64_t when, Task* task) {
    alarm.cancel();
    alarm.when_ = when;
    alarm.task_ = task;
    alarms_.push_back(alarm);
    auto const used = TimeOwner{&process_, task}.used();
    pause_ = 0;
    look_later(when > used ? when - used : 0);
}

void CpuAlarms::forget(Task& task) {
    for (auto it = alarms_.begin(); it != alarms_.end();) {
        CpuAlarm& alarm = *it;
        ++it;
        if (alarm.task_ == &task) alarm.cancel();
    }
}

void CpuAlarms::clear() {
    look_.cancel();
    while (!alarms_.empty()) alarms_.front().cancel();
}

/// A look costs a call to the kernel for each task.
std::uint64_t CpuAlarms::shortest_pause() const {
    constexpr std::uint64_t for_each_task = 20'000;
    return std::max(millisecond, process_.task_count * for_each_task);
}

void CpuAlarms::look_later(std::uint64_t left) {
    // All tasks may run at once.
    auto const earliest = left / std::max<std::uint32_t>(1, process_.task_count);
    auto const at = add(process_.system.now(), std::max({earliest, shortest_pause(), pause_}));
    if (look_.armed() && look_.when() <= at) return;
    look_.owner = this;
    look_.ring = look_now;
    process_.system.alarms.set(look_, at);
}

void CpuAlarms::look() {
    auto const all = TimeOwner{&process_, nullptr}.used();
    base::List<CpuAlarm, &CpuAlarm::link_> due;
    std::uint64_t left = never;
    for (auto it = alarms_.begin(); it != alarms_.end();) {
        CpuAlarm& alarm = *it;
        ++it;
        auto const used = alarm.task_ != nullptr ? TimeOwner{&process_, alarm.task_}.used() : all;
        if (used < alarm.when_) {
            left = std::min(left, alarm.when_ - used);
            continue;
        }
        alarm.cancel();
        due.push_back(alarm);
    }
    pause_ = all != seen_ ? 0 : std::min(std::max(2 * pause_, shortest_pause()), longest_pause);
    seen_ = all;
    // A ring may set and cancel others, and end the process; that clears the rest.
    while (!due.empty()) {
        CpuAlarm& alarm = due.pop_front();
        alarm.ring(alarm);
    }
    if (left != never && !alarms_.empty()) look_later(left);
}

} // namespace personality
