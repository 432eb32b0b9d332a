#pragma once
// SchedContext: time. A thread runs only while it has one: its own, or one that a caller lent.

#include <kernel/object/destruction.hpp>
#include <kernel/object/object.hpp>

namespace kernel {

class Reply;
class Thread;

class SchedContext : public ObjectOf<abi::Kind::sched_context> {
public:
    using Rights = abi::SchedContextRights;

    std::uint64_t consumed = 0; ///< TSC ticks, up to the last switch
    Thread* owner = nullptr;    ///< the thread it is bound to
    Thread* user = nullptr;     ///< the thread that has it now: the owner, or who it was lent to

    /// Take it from whoever has it, and cut the chain of loans by which it went there: up to the one
    /// that `until` stands for, or all of it.
    void take_back(Reply const* until = nullptr);

    Destruction destroy(unsigned& budget);
};

} // namespace kernel
