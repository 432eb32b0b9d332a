#include <kernel/arch/x86_64/machine.hpp>

namespace kernel::arch {

constinit Machine machine;

} // namespace kernel::arch
