#pragma once
// What such a program works with: memory to make objects of, the kernel's log and counters.

#include <runtime/handle.hpp>

#include <string_view>

namespace lab {

struct Kit {
    runtime::Untyped memory;  ///< the largest Untyped that the manifest grants
    runtime::Control control; ///< as the manifest grants it
    abi::Word priority = 0;   ///< of the first thread
};

/// From the start page or, in a program that the kernel itself has started, from what there is.
Kit const& kit();

/// What follows `key` in the arguments from the manifest or in the kernel's command line, up to the
/// next blank; empty if it is not there.
std::string_view argument(std::string_view key);
/// The same as a number; if it is not there or none, `otherwise`.
abi::Word setting(std::string_view key, abi::Word otherwise);

/// A range of ports or an interrupt line that the manifest grants under this name. The program that
/// the kernel itself has started takes it.
runtime::IoPorts ports(std::string_view name, std::uint16_t first, std::uint16_t count);
runtime::Interrupt interrupt(std::string_view name, std::uint32_t line);

} // namespace lab
