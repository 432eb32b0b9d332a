#pragma once
// A copy of our own program in Memory of its own, so that a function of ours can run in another
// address space, at the address where it was linked. Such a function lives on its arguments: what
// it finds in variables is as it was when the copy was made.

#include <runtime/handle.hpp>

namespace lab {

class OwnImage {
public:
    /// Makes the copy.
    OwnImage();

    /// Map it into a space as the program headers say: code to execute, data private to this copy.
    void map_into(runtime::AddressSpace space) const;

private:
    runtime::Owned<runtime::Memory> memory_;
};

} // namespace lab
