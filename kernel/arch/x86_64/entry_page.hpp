#pragma once
// What the ways into the kernel (entry.S) need of a processor before they have the kernel's tables.
// It fills the rest of the first page of kernel::Processor: where user mode is isolated, that page
// is in its tables and the next one is not.

#include <kernel/arch/x86_64/offsets.h>

#include <abi/memory.hpp>

#include <cstddef>
#include <cstdint>

namespace kernel::arch {

struct EntryPage {
    /// CR3 for user mode, where that has other tables.
    alignas(16) std::uint64_t user_tables = 0;
    /// TSS.RSP0 points behind it: what an exception or interrupt in user mode pushes, vector and
    /// error code, and one register.
    alignas(16) std::uint64_t stack[8]{};
    std::byte unused[abi::page_bytes - PROCESSOR_ENTRY_END]{};

    std::uint64_t top() const { return reinterpret_cast<std::uint64_t>(stack + 8); }
};

static_assert(PROCESSOR_USER_TABLES + sizeof(EntryPage) == abi::page_bytes);
static_assert(PROCESSOR_USER_TABLES + offsetof(EntryPage, unused) == PROCESSOR_ENTRY_END);

} // namespace kernel::arch
