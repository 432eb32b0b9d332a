#pragma once
// Linux system calls without a library. Numbers and structures: x86-64.

namespace linux_attack {

using Word = unsigned long;

inline long call(long number, Word a = 0, Word b = 0, Word c = 0, Word d = 0, Word e = 0,
                 Word f = 0) {
    register Word r10 asm("r10") = d;
    register Word r8 asm("r8") = e;
    register Word r9 asm("r9") = f;
    long result;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return result;
}

inline Word address(void const* pointer) { return reinterpret_cast<Word>(pointer); }

namespace number {
constexpr long write = 1, open = 2, close = 3, mmap = 9, munmap = 11, brk = 12, pipe = 22,
               pause = 34, nanosleep = 35, getpid = 39, fork = 57, vfork = 58, execve = 59,
               exit = 60, wait4 = 61, kill = 62, unlink = 87, chmod = 90, setpgid = 109,
               setrlimit = 160, reboot = 169, exit_group = 231, clone = 56, clone3 = 435,
               sysinfo = 99, timer_create = 222, eventfd = 290, epoll_create = 291,
               timerfd_create = 283, pidfd_open = 434, memfd_create = 319, socketpair = 53,
               sched_yield = 24, rt_sigprocmask = 14, tgsigqueueinfo = 297, gettid = 186;
} // namespace number

namespace error {
constexpr long no_such_process = -3, again = -11, no_memory = -12, fault = -14,
               too_many_files = -24, not_implemented = -38;
} // namespace error

inline long write(int file, void const* from, Word bytes) {
    return call(number::write, static_cast<Word>(file), address(from), bytes);
}
inline long fork() { return call(number::fork); }
[[noreturn]] inline void exit(int status) {
    for (;;) call(number::exit_group, static_cast<Word>(status));
}
inline void sleep_ms(Word ms) {
    long const time[2] = {static_cast<long>(ms / 1000), static_cast<long>(ms % 1000 * 1'000'000)};
    call(number::nanosleep, address(time));
}
inline long kill(long process, int signal) {
    return call(number::kill, static_cast<Word>(process), static_cast<Word>(signal));
}
constexpr int sigkill = 9;
constexpr Word no_hang = 1;

/// Anonymous private memory, to read and write; negative: an error.
inline long map(Word bytes) { return call(number::mmap, 0, bytes, 3, 0x22, ~Word{0}); }

/// How a child ended: its exit code, or 128 and the signal; -1: it is stuck, and has been killed.
inline int end_of(long child, int patience_ms) {
    int status = 0;
    for (int waited = 0; waited < patience_ms; waited += waited < 8 ? 1 : 8) {
        long const ended =
            call(number::wait4, static_cast<Word>(child), address(&status), no_hang, 0);
        if (ended == child) {
            int const signal = status & 0x7f;
            return signal != 0 ? 128 + signal : status >> 8 & 0xff;
        }
        sleep_ms(waited < 8 ? 1 : 8);
    }
    kill(child, sigkill);
    call(number::wait4, static_cast<Word>(child), address(&status), 0, 0);
    return -1;
}

} // namespace linux_attack
