#pragma once
// Linux system calls without a library, so that one static binary measures the kernels and nothing
// else. Numbers: x86-64.

namespace measure {

using Word = unsigned long;

inline long call(long number, Word a = 0, Word b = 0, Word c = 0, Word d = 0, Word e = 0) {
    register Word r10 asm("r10") = d;
    register Word r8 asm("r8") = e;
    long result;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                 : "rcx", "r11", "memory");
    return result;
}

inline Word address(void const* pointer) { return reinterpret_cast<Word>(pointer); }

inline long read(int file, void* to, Word bytes) {
    return call(0, static_cast<Word>(file), address(to), bytes);
}
inline long write(int file, void const* from, Word bytes) {
    return call(1, static_cast<Word>(file), address(from), bytes);
}
inline long open_to_read(char const* path) { return call(2, address(path), 0, 0); }
inline long get_process() { return call(39); }
inline long fork() { return call(57); }
[[noreturn]] inline void exit(int status) {
    for (;;)
        call(231, static_cast<Word>(status));
}
inline long wait_for(long process) { return call(61, static_cast<Word>(process), 0, 0, 0); }
inline long make_pipe(int (&ends)[2]) { return call(22, address(ends)); }

/// Under -icount this counts guest instructions.
inline Word ticks() {
    unsigned low, high;
    asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
    return static_cast<Word>(high) << 32 | low;
}

} // namespace measure
