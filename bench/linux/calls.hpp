#pragma once
// Linux system calls without a library, so that one static binary measures the kernels and nothing
// else. Numbers and constants: x86-64.

namespace measure {

using Word = unsigned long;

[[gnu::always_inline]] inline long call(long number, Word a = 0, Word b = 0, Word c = 0, Word d = 0,
                                        Word e = 0, Word f = 0) {
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

[[gnu::always_inline]] inline Word address(void const* pointer) {
    return reinterpret_cast<Word>(pointer);
}

inline constexpr Word page_bytes = 4096;

// Files.
inline constexpr Word read_only = 0, write_only = 1, read_write = 2, create = 0100,
                      exclusive = 0200, truncate = 01000, nonblocking = 04000;

inline long read(long file, void* to, Word bytes) {
    return call(0, static_cast<Word>(file), address(to), bytes);
}
inline long write(long file, void const* from, Word bytes) {
    return call(1, static_cast<Word>(file), address(from), bytes);
}
inline long open(char const* path, Word flags, Word mode = 0600) {
    return call(2, address(path), flags, mode);
}
inline long close(long file) { return call(3, static_cast<Word>(file)); }
inline long stat(char const* path, void* to) { return call(4, address(path), address(to)); }
inline long poll(void* files, Word count, long timeout) {
    return call(7, address(files), count, static_cast<Word>(timeout));
}
inline long pread(long file, void* to, Word bytes, Word at) {
    return call(17, static_cast<Word>(file), address(to), bytes, at);
}
inline long pwrite(long file, void const* from, Word bytes, Word at) {
    return call(18, static_cast<Word>(file), address(from), bytes, at);
}
inline long make_pipe(int (&ends)[2]) { return call(22, address(ends)); }
inline long duplicate(long file) { return call(32, static_cast<Word>(file)); }
inline long make_socket_pair(Word kind, int (&ends)[2]) {
    return call(53, 1, kind, 0, address(ends));
}
inline long truncate_file(long file, Word bytes) {
    return call(77, static_cast<Word>(file), bytes);
}
inline long remove(char const* path) { return call(87, address(path)); }
inline long epoll_wait(long file, void* events, Word count, long timeout) {
    return call(232, static_cast<Word>(file), address(events), count, static_cast<Word>(timeout));
}
inline long epoll_add(long file, long watched, void* event) {
    return call(233, static_cast<Word>(file), 1, static_cast<Word>(watched), address(event));
}
inline long make_event(Word value, Word flags) { return call(290, value, flags); }
inline long make_epoll() { return call(291, 0); }

// Memory.
inline constexpr Word map_shared = 1, map_private = 2, map_anonymous = 0x20;
inline constexpr Word may_read = 1, may_write = 2;
inline constexpr Word no_huge_pages = 15;

inline void* map(Word bytes, Word flags) {
    auto const at = call(9, 0, bytes, may_read | may_write, flags | map_anonymous, ~Word{0}, 0);
    return reinterpret_cast<void*>(at);
}
inline bool mapped(void const* memory) { return address(memory) < ~Word{4095}; }
inline long protect(void* at, Word bytes, Word rights) {
    return call(10, address(at), bytes, rights);
}
inline long unmap(void* at, Word bytes) { return call(11, address(at), bytes); }
inline long advise(void* at, Word bytes, Word advice) {
    return call(28, address(at), bytes, advice);
}

// Processes.
inline constexpr Word kill_signal = 9, illegal_signal = 4, user_signal = 10;

inline long yield() { return call(24); }
inline long pause() { return call(34); }
inline long get_process() { return call(39); }
[[gnu::always_inline]] inline long fork() { return call(57); }
[[gnu::always_inline]] inline long vfork() { return call(58); }
[[gnu::always_inline]] inline long execute(char const* path, char const* const* words,
                                           char const* const* environment) {
    return call(59, address(path), address(words), address(environment));
}
[[noreturn, gnu::always_inline]] inline void exit(int status) {
    for (;;) call(231, static_cast<Word>(status));
}
[[gnu::always_inline]] inline long wait_for(long process, int* status = nullptr) {
    return call(61, static_cast<Word>(process), address(status), 0, 0);
}
inline long kill(long process, Word signal) { return call(62, static_cast<Word>(process), signal); }
inline long get_parent() { return call(110); }
inline long set_scheduler(Word policy, int const& priority) {
    return call(144, 0, policy, address(&priority));
}
inline long get_thread() { return call(186); }

// Futexes.
inline constexpr Word futex_wait = 0, futex_wake = 1, futex_private = 128;

inline long futex(int* word, Word operation, Word value) {
    return call(202, address(word), operation, value);
}

/// Under -icount this counts guest instructions.
[[gnu::always_inline]] inline Word ticks() {
    unsigned low, high;
    asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
    return static_cast<Word>(high) << 32 | low;
}

} // namespace measure
