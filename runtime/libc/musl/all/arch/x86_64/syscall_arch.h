/* Where musl would trap into Linux, our C library calls the runtime instead. The numbers stay
 * Linux's; runtime/libc answers the few that the library makes and says -ENOSYS to the rest. */
#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)

long __skerry_syscall(long number, long a, long b, long c, long d, long e, long f);

static __inline long __syscall0(long n) { return __skerry_syscall(n, 0, 0, 0, 0, 0, 0); }

static __inline long __syscall1(long n, long a) { return __skerry_syscall(n, a, 0, 0, 0, 0, 0); }

static __inline long __syscall2(long n, long a, long b) {
    return __skerry_syscall(n, a, b, 0, 0, 0, 0);
}

static __inline long __syscall3(long n, long a, long b, long c) {
    return __skerry_syscall(n, a, b, c, 0, 0, 0);
}

static __inline long __syscall4(long n, long a, long b, long c, long d) {
    return __skerry_syscall(n, a, b, c, d, 0, 0);
}

static __inline long __syscall5(long n, long a, long b, long c, long d, long e) {
    return __skerry_syscall(n, a, b, c, d, e, 0);
}

static __inline long __syscall6(long n, long a, long b, long c, long d, long e, long f) {
    return __skerry_syscall(n, a, b, c, d, e, f);
}

/* No VDSO_USEFUL: the time comes from the kernel's clock page, through the call above. */
#define IPC_64 0
