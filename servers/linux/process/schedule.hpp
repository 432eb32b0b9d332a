#pragma once
// How a task wants to be scheduled (sched_setattr, setpriority, ioprio_set). Of this the kernel
// heeds the real-time priorities; the rest is kept for who asks. And a set of processors, the
// lowest bit for number 0, as sched_setaffinity has it.

#include <cstdint>

namespace personality {

using ProcessorSet = std::uint64_t;
constexpr std::uint32_t most_processors =
    32; ///< one thread of the server each (runtime::max_threads)

struct Schedule {
    enum class Policy : std::uint8_t { other = 0, fifo = 1, round_robin = 2, batch = 3, idle = 5 };
    Policy policy = Policy::other;
    bool reset_on_fork = false;
    std::uint8_t priority = 0;      ///< 1 to 99 for the real-time policies, otherwise 0
    std::int8_t nice = 0;           ///< -20 to 19
    std::uint16_t input_output = 0; ///< class and level as ioprio_set has them

    bool real_time() const { return policy == Policy::fifo || policy == Policy::round_robin; }
    /// What decides who goes first.
    std::uint32_t rank() const { return real_time() ? priority : 0; }
};

} // namespace personality
