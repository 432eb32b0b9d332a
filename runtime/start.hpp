#pragma once
// How a native program begins and ends. _start (the C library's crt1) enters
// runtime/libc/start.cpp, which calls read_environment before everything else, brings the C library
// up and calls main.
//
// The supervisor, which the kernel starts itself, begins in the same way: where others find a start
// page it finds BootInfo, so environment().boot is set and environment().start is not.

#include <abi/calls.hpp>

namespace runtime {

/// End this process; its owner is told the code.
[[noreturn]] void exit_process(abi::Word code);

} // namespace runtime
