#pragma once
// Another process with an address space of its own, in which our functions run.

#include <runtime/lab/own_image.hpp>
#include <runtime/lab/worker.hpp>

namespace lab {

class Neighbour {
public:
    enum class Abi { native, foreign };

    Neighbour(OwnImage const& image, std::string_view name, Abi calls = Abi::native);
    /// Takes it apart with all that was made of its memory, whoever holds on to it.
    ~Neighbour();

    runtime::AddressSpace space() const { return space_.view(); }
    abi::CapAddress process() const { return process_.address(); }

    /// Give it a copy of a capability of ours; what it calls it.
    abi::CapAddress give(abi::CapAddress source, abi::RightsMask rights = abi::all_rights);

private:
    runtime::Owned<runtime::Untyped> memory_;
    runtime::Owned<runtime::AddressSpace> space_;
    runtime::Owned<runtime::CapPool> pool_;
    runtime::Owned<runtime::Process> process_;
    std::uint16_t next_slot_ = 1;
};

} // namespace lab
