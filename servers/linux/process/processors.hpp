#pragma once
// Which processor each task runs on, in three rules: a new one begins where the fewest run; one
// that is woken moves to an idle processor if others run on its own; and while some processor idles
// and another has several, now and then one of those moves over.

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
    ProcessorSet all() const {
        return count_ == most ? ~ProcessorSet{0} : (ProcessorSet{1} << count_) - 1;
    }

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
    /// It has waited and will go on now. `waker`: the processor of whoever sees to that, which may
    /// well wait itself in a moment.
    void before_going_on(Task& task, std::uint32_t waker) {
        if (count_ > 1) spread(task, waker);
    }
    /// It has ended, after so much processor time.
    void ends(Task& task, std::uint64_t used_ns);
    /// Run it only on these, of which there is one at least.
    void confine(Task& task, ProcessorSet allowed);

    /// Processor time of all tasks that there ever were.
    std::uint64_t used(std::uint32_t processor) const;
    static constexpr std::uint32_t nobody = ~0U;

private:
    struct One {
        base::List<Task, &Task::run_link> running; ///< who began to run first comes first
        std::uint32_t count = 0;
        std::uint64_t left_ns = 0; ///< used here by tasks that have ended or moved
    };
    /// Who runs for a whole one of these next to others is moved to where nobody runs.
    static constexpr Instant look_every = 4'000'000;

    System& system_;
    std::uint32_t count_;
    std::uint32_t looks_ = 0; ///< how often we have looked
    Alarm look_;
    std::array<One, most> all_;

    void join(Task& task);
    void leave(Task& task);
    void spread(Task& task, std::uint32_t waker);
    void look();
    void look_later();
    bool move(Task& task, std::uint32_t to);
    std::uint32_t idle(ProcessorSet allowed) const;
};

} // namespace personality
