#pragma once
// Memory: a physically contiguous extent of pages, to be attached to address spaces.

#include <runtime/object/capability.hpp>

namespace runtime {

class Memory : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::memory;
    using Capability::Capability;
};

} // namespace runtime
