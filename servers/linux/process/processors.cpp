#include <servers/linux/process/processors.hpp>

#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>
#include <optional>
#include <span>

namespace personality {

namespace {

constexpr bool has(ProcessorSet set, std::uint32_t processor) {
    return (set >> processor & 1) != 0;
}

} // namespace

Processors::Processors(System& system, std::uint32_t count) : system_(system), count_(count) {
    look_.owner = this;
    look_.ring = [](Alarm& alarm) { static_cast<Processors*>(alarm.owner)->look(); };
}

std::uint32_t Processors::choose(ProcessorSet allowed) const {
    std::optional<std::uint32_t> best;
    for (std::uint32_t i = 0; i < count_; i++) {
        if (has(allowed, i) && (!best || all_[i].count < all_[*best].count)) best = i;
    }
    return best.value_or(0);
}

/// Busy is who has used half of its fair share since the last look.
void Processors::look_at(Task& task) const {
    auto const now = system_.now(), used = system_.machine.processor_time(task.thread);
    auto const passed = now - task.seen_at, more = used - task.seen_used_ns;
    // It has not had its turn, or was looked at just now, before it moved.
    if (more == 0 || passed < look_every / 2) return;
    task.seen_at = now;
    task.seen_used_ns = used;
    bool const much = more >= little_ns && more * all_[task.processor].count * 2 >= passed;
    task.busy_looks = much ? std::min<std::uint8_t>(enough_looks, task.busy_looks + 1) : 0;
}

void Processors::join(Task& task) {
    if (task.run_link.linked()) return;
    auto& here = all_[task.processor];
    here.running.push_back(task);
    here.count++;
    if (here.count > 1) look_later();
}

void Processors::leave(Task& task) {
    if (!task.run_link.linked()) return;
    base::List<Task, &Task::run_link>::remove(task);
    all_[task.processor].count--;
}

void Processors::avoid_busy(Task& task) {
    auto& here = all_[task.processor];
    if (here.count < 2 || !busy(here.running.front())) return; // it is counted itself
    if (auto const to = choose(task.processors); all_[to].count == 0) move(task, to);
}

void Processors::look_later() {
    if (!look_.armed()) system_.alarms.set(look_, system_.now() + look_every);
}

void Processors::look() {
    bool crowded = false;
    for (auto& one : std::span(all_).first(count_)) {
        for (auto left = std::min(one.count, most_looked_at); left > 0; left--) {
            Task& task = one.running.pop_front();
            one.running.push_back(task);
            look_at(task);
            auto const to = choose(task.processors);
            if (busy(task) && all_[to].count + 1 < one.count) move(task, to);
        }
        crowded |= one.count > 1;
    }
    if (crowded) look_later();
}

bool Processors::move(Task& task, std::uint32_t to) {
    if (!system_.machine.move(task.thread, to)) return false;
    auto const used = system_.machine.processor_time(task.thread);
    all_[task.processor].left_ns += used - task.used_before_ns;
    task.used_before_ns = used;
    bool const running = task.run_link.linked();
    leave(task);
    task.processor = to;
    if (running) join(task);
    return true;
}

void Processors::confine(Task& task, ProcessorSet allowed) {
    task.processors = allowed;
    if (has(allowed, task.processor)) return;
    auto const free = choose(allowed);
    if (task.thread)
        move(task, free);
    else
        task.processor = free;
}

void Processors::ends(Task& task, std::uint64_t used_ns) {
    leave(task);
    all_[task.processor].left_ns += used_ns - task.used_before_ns;
}

std::uint64_t Processors::used(std::uint32_t processor) const {
    std::uint64_t total = all_[processor].left_ns;
    for (auto* process = system_.tasks.first(); process; process = process->next_process) {
        for (auto& task : process->tasks) {
            if (task.thread && task.processor == processor)
                total += system_.machine.processor_time(task.thread) - task.used_before_ns;
        }
    }
    return total;
}

} // namespace personality
