// The calls about the process, and signals, which never arrive.

#include <runtime/libc/calls.hpp>
#include <runtime/libc/failure.hpp>
#include <runtime/start.hpp>

#include <cstring>

namespace runtime::libc {

long handle(ExitGroup, int code) { exit_process(static_cast<abi::Word>(code)); }

long handle(Getpid) { return 1; }

/// Only abort and raise come here; nobody else can be named.
long handle(Tkill, int, int) { fail("abort"); }

long handle(RtSigprocmask, int, void const*, void* old, std::size_t bytes) {
    if (old != nullptr) std::memset(old, 0, bytes);
    return 0;
}

long handle(RtSigaction, int, void const*, void*, std::size_t) { return 0; }

} // namespace runtime::libc
