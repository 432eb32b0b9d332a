#pragma once
// What such a program works with: memory to make objects of, the kernel's log and counters.

#include <runtime/handle.hpp>

namespace lab {

struct Kit {
    runtime::Untyped memory;  ///< the largest Untyped that the manifest grants
    runtime::Control control; ///< as the manifest grants it
    abi::Word priority = 0;   ///< of the first thread
};

/// From the start page.
Kit const& kit();

} // namespace lab
