#pragma once
// Which processor each task runs on. A child begins where its parent runs, and who is woken goes on
// where he was: most of them wait again before another processor would have heard of them. Only
// the busy, those that use up a good part of a processor in their own code, are worth a move, in
// two rules: every now and then one of them leaves a crowded processor for an emptier one; and who
// is woken where one of them runs, and would have to wait for him, goes to an idle one if there is
// one. (Who is always in calls gains nothing elsewhere: these are served one at a time.)

#include <servers/linux/process/task.hpp>
#include <servers/linux/time/alarm_clock.hpp>

#include <base/list.hpp>

#include <array>
#include <cstdint>

namespace personality {

class Processors {
public:
    static constexpr std::uint32_t most = most_processors;

    /// The numbers of the processors are those below `count`.
    Processors(System& system, std::uint32_t count);

    std::uint32_t count() const { return count_; }
    ProcessorSet all() const { return ~ProcessorSet{0} >> (64 - count_); }

    /// Where a new task of `allowed` begins.
    std::uint32_t choose(ProcessorSet allowed) const;
    /// From now on it runs, or would if the processor were free.
    void runs(Task& task) {
        if (count_ > 1) join(task);
    }
    /// From now on it waits.
    void rests(Task& task) {
        if (count_ > 1) leave(task);
    }
    /// It has waited and will go on now.
    void before_going_on(Task& task) {
        if (count_ > 1) avoid_busy(task);
    }
    /// It has ended, after so much processor time.
    void ends(Task& task, std::uint64_t used_ns);
    /// Run it only on these, of which there is one at least.
    void confine(Task& task, ProcessorSet allowed);

    /// Processor time of all tasks that there ever were.
    std::uint64_t used(std::uint32_t processor) const;

private:
    struct One {
        /// Who began to run first comes first; of many, who was not looked at for longest.
        base::List<Task, &Task::run_link> running;
        std::uint32_t count = 0;
        std::uint64_t left_ns = 0; ///< used here by tasks that have ended or moved
    };
    static constexpr Instant look_every = 4'000'000;
    /// Who has used less between two looks is not busy. And one look may be mistaken: under an
    /// emulator time passes for somebody while the host runs others.
    static constexpr std::uint64_t little_ns = 1'000'000;
    static constexpr std::uint8_t enough_looks = 2;
    /// Of one processor's tasks; the next look goes on from there.
    static constexpr std::uint32_t most_looked_at = 8;

    System& system_;
    std::uint32_t count_;
    Alarm look_;
    std::array<One, most> all_;

    void join(Task& task);
    void leave(Task& task);
    void avoid_busy(Task& task);
    static bool busy(Task const& task) { return task.busy_looks >= enough_looks; }
    void look_at(Task& task) const;
    void look();
    void look_later();
    bool move(Task& task, std::uint32_t to);
};

} // namespace personality
