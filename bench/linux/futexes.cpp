// Processes and threads that wait for each other on words of shared memory.

#include <bench/linux/report.hpp>

namespace measure {
namespace {

/// Two words on cache lines of their own: what each side waits for.
struct Words {
    alignas(64) int there;
    alignas(64) int back;
    alignas(64) int stop;
};

void post(int& word, Word scope) {
    __atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
    futex(&word, futex_wake | scope, 1);
}

void take(int& word, Word scope) {
    while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 0) futex(&word, futex_wait | scope, 0);
    __atomic_store_n(&word, 0, __ATOMIC_SEQ_CST);
}

void between_processes() {
    auto* const memory = map(page_bytes, map_shared);
    if (!mapped(memory)) return report_absent("linux/futex/round-trip/processes");
    auto& words = *static_cast<Words*>(memory);
    {
        Peer const peer{[&] {
            for (;;) {
                take(words.there, 0);
                post(words.back, 0);
            }
        }};
        measure("linux/futex/round-trip/processes", many, [&](int) {
            post(words.there, 0);
            take(words.back, 0);
            return true;
        });
    }
    unmap(memory, page_bytes);
}

Words own;

void answer(void*) {
    for (;;) {
        take(own.there, futex_private);
        if (__atomic_load_n(&own.stop, __ATOMIC_SEQ_CST)) return;
        post(own.back, futex_private);
    }
}

void between_threads() {
    Thread thread;
    if (!thread.start(answer, nullptr)) return report_absent("linux/futex/round-trip/threads");
    measure("linux/futex/round-trip/threads", many, [](int) {
        post(own.there, futex_private);
        take(own.back, futex_private);
        return true;
    });
    __atomic_store_n(&own.stop, 1, __ATOMIC_SEQ_CST);
    post(own.there, futex_private);
    thread.join();
}

} // namespace

void measure_futexes() {
    between_processes();
    between_threads();
    int word = 0;
    measure("linux/futex/wake-no-waiter", many,
            [&](int) { return futex(&word, futex_wake | futex_private, 1) == 0; });
}

} // namespace measure
