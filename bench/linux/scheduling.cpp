// Who runs next: yielding, and waking a process of higher (real-time) priority, which runs at once.

#include <bench/linux/report.hpp>

namespace measure {
namespace {

constexpr Word ordinary = 0, first_in_first_out = 1;

struct Shared {
    int word;
    alignas(64) Word posted;
    Word slept;
    Word taken;
};

/// One way each: from the wake to the woken process, and from its going to sleep back to us.
void wake_urgent() {
    auto const* const there = "linux/futex/wake-to-fifo";
    auto const* const back = "linux/futex/fifo-wait-to-waker";
    if (!wanted(there) && !wanted(back)) return;
    auto* const memory = map(page_bytes, map_shared);
    if (!mapped(memory)) return report_absent(there), report_absent(back);
    auto& shared = *static_cast<Shared*>(memory);
    static constinit Samples woken, returned;
    {
        Peer const peer{[&] {
            if (set_scheduler(first_in_first_out, 50) != 0) return;
            for (;;) {
                futex(&shared.word, futex_wait, 0);
                shared.taken = ticks() - shared.posted;
                shared.slept = ticks();
            }
        }};
        Word const pause[2] = {0, 20'000'000};
        call(35, address(pause)); // until it sleeps
        for (int i = 0; i < warm_up + many; i++) {
            shared.posted = ticks();
            if (futex(&shared.word, futex_wake, 1) != 1) break;
            auto const now = ticks();
            if (i < warm_up) continue;
            auto const empty = empty_pair();
            woken.add(shared.taken - empty);
            returned.add(now - shared.slept - empty);
        }
    }
    unmap(memory, page_bytes);
    woken.report(there);
    returned.report(back);
}

/// Who yields back, and counts, so that a yield to nobody is not taken for one to him.
struct Other {
    int turns = 0;
    int stop = 0;
};

void yield_on(void* memory) {
    auto& other = *static_cast<Other*>(memory);
    while (!__atomic_load_n(&other.stop, __ATOMIC_RELAXED)) {
        __atomic_store_n(&other.turns, other.turns + 1, __ATOMIC_RELAXED);
        yield();
    }
}

void yield_to(char const* name, Other& other) {
    int seen = -1;
    measure(name, many, [&](int i) {
        if (yield() != 0) return false;
        auto const turns = __atomic_load_n(&other.turns, __ATOMIC_RELAXED);
        bool const went = turns != seen || i < warm_up;
        seen = turns;
        return went;
    });
}

} // namespace

void measure_scheduling() {
    wake_urgent();
    // Real-time where there is such a thing, so that a yield gives the processor away for sure.
    bool const urgent = set_scheduler(first_in_first_out, 10) == 0;
    {
        auto* const memory = map(page_bytes, map_shared);
        if (mapped(memory)) {
            auto& other = *static_cast<Other*>(memory); // zeroes
            Peer const peer{[&] { yield_on(&other); }};
            yield_to("linux/yield/processes", other);
        }
        unmap(memory, page_bytes);
    }
    {
        static constinit Other other;
        Thread thread;
        if (thread.start(yield_on, &other)) {
            yield_to("linux/yield/threads", other);
            __atomic_store_n(&other.stop, 1, __ATOMIC_RELAXED);
            thread.join();
        }
    }
    if (urgent) set_scheduler(ordinary, 0);
}

} // namespace measure
