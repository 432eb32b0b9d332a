#pragma once
// Putting the physical memory in order: what firmware and loader say, what the kernel needs.

#include <kernel/start/boot_description.hpp>

#include <string_view>

namespace kernel {

struct KernelImage {
    base::Phys begin;
    base::Phys end;
};

/// Fill `boot.memory` from `boot.loader` and `boot.tables`. `limit`: the end of physical addresses;
/// `reach`: the end of what the kernel can touch, RAM beyond it stays unused. The answer is what is
/// wrong, or empty.
std::string_view describe(BootDescription& boot, base::Phys limit, base::Phys reach,
                          KernelImage const& image);

} // namespace kernel
