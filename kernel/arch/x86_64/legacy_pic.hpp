#pragma once
// The two interrupt controllers of the first PCs (Intel 8259A): put away, so that the I/O APICs are
// the only ones.

namespace kernel::arch {

/// Move them to vector::legacy, off the exceptions, and mask every line.
void disable_legacy_pic();

} // namespace kernel::arch
