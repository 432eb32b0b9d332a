#pragma once
// SchedContext: time. A thread runs only while it has one: its own, or one that a caller lent.

#include <kernel/object/destruction.hpp>
#include <kernel/object/object.hpp>

namespace kernel {

class Reply;
class Thread;

struct Processor;

class SchedContext : public ObjectOf<abi::Kind::sched_context> {
public:
    using Rights = abi::SchedContextRights;

    SchedContext();

    Processor* processor; ///< where whoever has it runs
    std::uint64_t consumed = 0; ///< TSC ticks, up to the last switch
    Thread* owner = nullptr;    ///< the thread it is bound to
    Thread* user = nullptr;     ///< the thread that has it now: the owner, or who it was lent to

    /// Take it from whoever has it, and cut the chain of loans by which it went there: up to the one
    /// that `until` stands for, or all of it.
    void take_back(Reply const* until = nullptr);

    /// Whoever has it runs on this processor from now on.
    void move(Processor& to);

    Destruction destroy(unsigned& budget);
};

} // namespace kernel
