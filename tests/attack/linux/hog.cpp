// Takes all there is of memory, processes and descriptors. It is refused or killed, and what it had
// is there for the next one.

#include <tests/attack/linux/attacks.hpp>
#include <tests/attack/linux/outcome.hpp>

namespace linux_attack {

namespace {

constexpr Word page = 4096;
constexpr Word mebibyte = 1 << 20;
constexpr int patience_ms = 120'000;

/// Runs a part in a child; how it ended.
int in_child(int (*part)()) {
    long const child = fork();
    if (child == 0) exit(part());
    return child > 0 ? end_of(child, patience_ms) : -3;
}

bool refused_or_killed(int end) { return end == 0 || end == 128 + sigkill; }

int eat_memory() {
    for (;;) {
        long const at = map(mebibyte);
        if (at < 0) return at == error::no_memory ? 0 : 1;
        for (Word offset = 0; offset < mebibyte; offset += page)
            *reinterpret_cast<char volatile*>(static_cast<Word>(at) + offset) = 1;
    }
}

int eat_break() {
    Word end = static_cast<Word>(call(number::brk, 0));
    for (;;) {
        auto const next = static_cast<Word>(call(number::brk, end + mebibyte));
        if (next <= end) return 0;
        for (; end < next; end += page) *reinterpret_cast<char volatile*>(end) = 1;
    }
}

int eat_addresses() {
    for (Word bytes = Word{1} << 46; bytes >= page; bytes >>= 1)
        for (int i = 0; i < 40 && map(bytes) > 0; i++) {
        }
    constexpr Word absurd[] = {0, ~Word{0}, Word{1} << 63, Word{1} << 47};
    for (Word const bytes : absurd)
        if (map(bytes) > 0) return 1;
    return 0;
}

int eat_descriptors() {
    int ends[2];
    for (int i = 0; i < 100'000; i++) {
        long const made = call(number::pipe, address(ends));
        if (made == error::too_many_files || made == error::no_memory) return 0;
        if (made < 0) return 1;
    }
    return 2;
}

/// Children that have children, all asleep, until no more can be made; then they all go.
int multiply() {
    call(number::setpgid, 0, 0);
    for (int i = 0; i < 20'000; i++) {
        long const child = fork();
        if (child == 0)
            for (;;) call(number::pause);
        if (child < 0) {
            // All of the group but us: our own signal is the test's outcome.
            return child == error::again || child == error::no_memory ? 0 : 1;
        }
    }
    return 2;
}

int multiply_and_go() {
    long const child = fork();
    if (child == 0) exit(multiply());
    int const end = child > 0 ? end_of(child, patience_ms) : 3;
    kill(-child, sigkill);
    while (call(number::wait4, ~Word{0}, 0, 0, 0) > 0) {
    }
    return end == 128 + sigkill ? 0 : end;
}

/// A bomb: everybody has children as long as that goes, and then sleeps.
int explode() {
    call(number::setpgid, 0, 0);
    for (int i = 0; i < 100'000; i++) {
        long const child = fork();
        if (child < 0 && child != error::again && child != error::no_memory) return 1;
        if (child < 0) break;
    }
    for (;;) call(number::pause);
}

int bomb() {
    long const child = fork();
    if (child == 0) exit(explode());
    if (child < 0) return 3;
    sleep_ms(1500);
    // Until nobody of the group is left: a fork may be under way when the signal comes.
    for (int i = 0; i < 1000 && kill(-child, sigkill) == 0; i++) {
        while (call(number::wait4, ~Word{0}, 0, no_hang, 0) > 0) {
        }
        sleep_ms(1);
    }
    return kill(-child, 0) == error::no_such_process ? 0 : 4;
}

alignas(16) char thread_stack[4096];

/// Threads that sleep, on one stack, which none of them uses: until no more can be made.
int multiply_threads() {
    constexpr Word thread_flags = 0x1'0f00; // VM, FS, FILES, SIGHAND, THREAD
    for (int i = 0; i < 100'000; i++) {
        long result = number::clone;
        asm volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 2f\n"
                     "1: mov $34, %%eax\n\t" // pause
                     "syscall\n\t"
                     "jmp 1b\n"
                     "2:"
                     : "+a"(result)
                     : "D"(thread_flags), "S"(thread_stack + sizeof(thread_stack)), "d"(0)
                     : "rcx", "r11", "memory");
        if (result < 0) return result == error::again || result == error::no_memory ? 0 : 1;
    }
    return 2;
}

/// Descriptors of every kind, each until the limit or the end of memory; and children that hold as
/// many.
int flood_descriptors() {
    constexpr Word limit[2] = {65'536, 65'536};
    call(number::setrlimit, 7, address(limit));
    for (int child = 0; child < 8; child++)
        if (fork() == 0) break;
    constexpr long makers[] = {number::eventfd,      number::epoll_create, number::timerfd_create,
                               number::memfd_create, number::pidfd_open,   number::pipe,
                               number::socketpair};
    for (int i = 0; i < 500; i++)
        for (long const maker : makers) {
            int ends[2];
            Word const self = static_cast<Word>(call(number::getpid));
            if (maker == number::pipe)
                call(maker, address(ends));
            else if (maker == number::socketpair)
                call(maker, 1, 1, 0, address(ends));
            else if (maker == number::memfd_create)
                call(maker, address("flood"), 0);
            else if (maker == number::pidfd_open)
                call(maker, self, 0);
            else
                call(maker, maker == number::timerfd_create ? 1 : 0, 0);
        }
    while (call(number::wait4, ~Word{0}, 0, 0, 0) > 0) {
    }
    return 0;
}

/// Signals that wait, and timers, of many processes.
int flood_signals() {
    for (int child = 0; child < 30; child++)
        if (fork() == 0) break;
    Word const all = ~Word{0};
    call(number::rt_sigprocmask, 0, address(&all), 0, 8);
    auto const process = static_cast<Word>(call(number::getpid));
    auto const thread = static_cast<Word>(call(number::gettid));
    int information[32] = {40, 0, -1};
    long result = 0;
    for (int i = 0; i < 100'000 && result == 0; i++)
        result = call(number::tgsigqueueinfo, process, thread, 40, address(information));
    if (result != error::again) return 1;
    int timer = 0;
    for (result = 0; result == 0;) result = call(number::timer_create, 1, 0, address(&timer));
    if (result != error::again) return 2;
    while (call(number::wait4, ~Word{0}, 0, 0, 0) > 0) {
    }
    return 0;
}

/// Free memory, as sysinfo has it.
Word free_memory() {
    Word words[16] = {};
    call(number::sysinfo, address(words));
    return words[5];
}

} // namespace

void gluttony() {
    struct Part {
        char const* name;
        int (*run)();
    };
    constexpr Part parts[] = {
        {"linux/all-of-memory-by-mmap", eat_memory},
        {"linux/all-of-memory-by-brk", eat_break},
        {"linux/all-addresses", eat_addresses},
        {"linux/all-descriptors", eat_descriptors},
        {"linux/fork-bomb", multiply_and_go},
        {"linux/fork-bomb-of-everybody", bomb},
        {"linux/all-threads", multiply_threads},
        {"linux/descriptors-of-every-kind", flood_descriptors},
        {"linux/signals-and-timers", flood_signals},
    };
    // Twice: the second time shows whether the first has given all back.
    Word free_at_first = 0;
    for (int round = 0; round < 2; round++) {
        for (auto const& part : parts) {
            Outcome outcome(part.name);
            int const end = in_child(part.run);
            outcome.expect(refused_or_killed(end), "it ends otherwise", end);
            long const child = fork();
            if (child == 0) exit(map(16 * mebibyte) > 0 ? 7 : 8);
            outcome.expect(child > 0 && end_of(child, patience_ms) == 7,
                           "afterwards there is no memory", child);
        }
        Outcome outcome("linux/all-memory-comes-back");
        if (round == 0) free_at_first = free_memory();
        outcome.expect(round == 0 || free_memory() == free_at_first, "bytes are missing",
                       static_cast<long>(free_at_first - free_memory()));
    }
}

} // namespace linux_attack
