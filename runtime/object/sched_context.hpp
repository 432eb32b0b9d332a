#pragma once
// SchedContext: the time that a thread runs on.

#include <runtime/call.hpp>
#include <runtime/object/capability.hpp>

namespace runtime {

class SchedContext : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::sched_context;
    using Capability::Capability;

    /// ns used so far.
    base::Result<abi::Word> used() const { return call<abi::SchedContextRead>(address_); }
};

} // namespace runtime
