#pragma once
// What the walks over page ranges share: sizes by level, and the flush of a changed entry.

#include <kernel/memory/address_space.hpp>
#include <kernel/root.hpp>

#include <algorithm>

namespace kernel {

/// Flush the translations of pages whose entries were changed: at once here, and on other
/// processors that may have them before their memory can be used again.
inline void flush(AddressSpace& space, base::Virt address) {
    auto& processor = this_processor();
    if (processor.space == &space) {
        arch::flush_page(address.raw);
        processor.counters.page_flushes++;
    }
    if (root().flushes.noted) remote::note_flush(space, address);
}

constexpr std::uint64_t pages_of(unsigned level) {
    return PageTables::covers(level) / abi::page_bytes;
}

/// Pages from `address` to the end of what an entry of this level covers, at most `pages`.
inline std::uint64_t to_boundary(base::Virt address, unsigned level, std::uint64_t pages) {
    auto const size = PageTables::covers(level);
    return std::min((size - (address.raw & (size - 1))) / abi::page_bytes, pages);
}

/// True for the four protections that exist; any other bits came from a user.
constexpr bool valid(abi::Protection protection) {
    switch (protection) {
    case abi::Protection::none:
    case abi::Protection::read:
    case abi::Protection::read_write:
    case abi::Protection::read_execute: return true;
    }
    return false;
}

constexpr abi::Error why_invalid(abi::Protection protection) {
    return abi::writable(protection) && abi::executable(protection) ? abi::Error::write_and_execute
                                                                    : abi::Error::bad_argument;
}

} // namespace kernel
