// Where musl's calls arrive (musl/all/arch/x86_64/syscall_arch.h).

#include <runtime/libc/calls.hpp>

extern "C" long __skerry_syscall(long number, long a, long b, long c, long d, long e, long f) {
    using namespace runtime::libc;
    return dispatch(Calls{}, number, {{a}, {b}, {c}, {d}, {e}, {f}});
}
