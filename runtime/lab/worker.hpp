#pragma once
// A thread that runs one function of ours, in our process or in another.

#include <runtime/lab/extent.hpp>

#include <array>

namespace lab {

/// What the function gets, in the order of its parameters.
using Arguments = std::array<abi::Word, 6>;

struct WorkerOptions {
    abi::Word priority = 0;
    bool fpu_free = true;
    abi::Word processor = 0; ///< its number
    runtime::Endpoint keeper{};
};

class Worker {
public:
    /// A thread of `process` with a stack and time of its own, ready to go. `space` is where the
    /// stack has to be visible besides our own; empty: nowhere else.
    template <class... A>
    Worker(abi::CapAddress process, runtime::AddressSpace space, void (*function)(A...),
           Arguments const& arguments, WorkerOptions const& options)
        : Worker(process, space, reinterpret_cast<abi::Word>(function), arguments, options) {}

    void start() const;
    /// Take its own time away: from now on it runs on the time of those it serves.
    void make_passive() const;
    runtime::Thread thread() const { return thread_.view(); }
    runtime::SchedContext context() const { return context_.view(); }
    /// Waits until it waits itself: for a message, a signal or its keeper's answer.
    void settle() const;

private:
    Worker(abi::CapAddress process, runtime::AddressSpace space, abi::Word function,
           Arguments const& arguments, WorkerOptions const& options);

    Extent stack_;
    Extent message_page_;
    runtime::Owned<runtime::Thread> thread_;
    runtime::Owned<runtime::SchedContext> context_;
};

} // namespace lab
