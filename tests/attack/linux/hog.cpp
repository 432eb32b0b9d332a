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

} // namespace

void gluttony() {
    struct Part {
        char const* name;
        int (*run)();
    };
    constexpr Part parts[] = {
        {"linux/all-of-memory-by-mmap", eat_memory}, {"linux/all-of-memory-by-brk", eat_break},
        {"linux/all-addresses", eat_addresses},      {"linux/all-descriptors", eat_descriptors},
        {"linux/fork-bomb", multiply_and_go},
    };
    // Twice: the second time shows whether the first has given all back.
    for (int round = 0; round < 2; round++)
        for (auto const& part : parts) {
            Outcome outcome(part.name);
            int const end = in_child(part.run);
            outcome.expect(refused_or_killed(end), "it ends otherwise", end);
            long const child = fork();
            if (child == 0) exit(map(16 * mebibyte) > 0 ? 7 : 8);
            outcome.expect(child > 0 && end_of(child, patience_ms) == 7,
                           "afterwards there is no memory", child);
        }
}

} // namespace linux_attack
