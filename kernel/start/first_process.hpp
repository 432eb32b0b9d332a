#pragma once
// The end of the kernel's start: the first process is made, gets all there is, and runs.

#include <kernel/start/boot_description.hpp>

namespace kernel {

[[noreturn]] void start_first_process(BootDescription& boot);

} // namespace kernel
