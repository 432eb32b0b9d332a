#pragma once
// The kernel that looks at itself (kernel-audited.elf): all invariants of kernel/testing/invariants
// now and then, at the end of an entry. It spends about half of its time on that.

namespace kernel {

void audit();

} // namespace kernel
