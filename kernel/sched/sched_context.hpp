#pragma once
// SchedContext: time. A thread runs only while it has one: its own, or one that a caller lent. One
// with a budget is out of time when that is used up, until something comes back.

#include <kernel/object/object.hpp>
#include <kernel/sched/budget.hpp>
#include <kernel/time/deadline.hpp>

namespace kernel {

class Reply;
class Thread;

struct Processor;

class SchedContext : public ObjectOf<abi::Kind::sched_context> {
public:
    using Rights = abi::SchedContextRights;

    SchedContext();

    Processor* processor;       ///< where whoever has it runs
    std::uint64_t consumed = 0; ///< TSC ticks, up to the last switch
    Thread* owner = nullptr;    ///< the thread it is bound to
    Thread* user = nullptr;     ///< the thread that has it now: the owner, or who it was lent to
    bool exhausted = true;      ///< nobody runs on it before `refill`
    Budget budget;
    Deadline refill{*this};

    /// Take it from whoever has it, and cut the chain of loans by which it went there: up to the
    /// one that `until` stands for, or all of it.
    void take_back(Reply const* until = nullptr);

    /// Whoever has it runs on this processor from now on.
    void move(Processor& to);

    /// So many ticks in each period of ns (0: without limit), from now on.
    void configure(std::uint64_t ticks, std::uint64_t period);
    /// It is run on from now on, on this processor: the timer is to end that in time. Who calls it
    /// saves no registers for it.
    [[clang::preserve_most]] void begin(Processor& on);
    /// The timer has come while it is run on. If it is used up, its user stops, or goes on with
    /// time of his own, or his timeout endpoint is told.
    void check_end(Processor& on);
    /// Something has come back.
    void come_back();

    bool destroy(unsigned& steps);

private:
    /// How many ticks it can be run on; out of time if 0.
    std::uint64_t settle(std::uint64_t now);
};

} // namespace kernel
