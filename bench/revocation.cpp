// A revoke of 100,000 descendants, and what a thread of higher priority notices of it: how late, at
// worst, a timer of one millisecond wakes it.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/worker.hpp>

#include <runtime/clock.hpp>
#include <runtime/object/timer.hpp>
#include <runtime/own.hpp>

#include <algorithm>
#include <array>
#include <atomic>

namespace bench {

using namespace lab;

namespace {

constexpr unsigned descendants = 100'000;
constexpr abi::Word millisecond = 1'000'000;

struct Watch {
    std::atomic<bool> looks{false};
    std::atomic<abi::Word> wakes{0};
    std::atomic<abi::Word> worst{0}; ///< ns
};

void wake_each_millisecond(abi::Word notification, abi::Word clock, Watch* watch) {
    runtime::Notification const events(abi::CapAddress(static_cast<std::uint32_t>(notification)));
    runtime::Timer const timer(abi::CapAddress(static_cast<std::uint32_t>(clock)));
    for (;;) {
        auto const deadline = runtime::now_ns() + millisecond;
        (void)timer.arm(deadline, events, 1);
        (void)events.wait();
        auto const late = runtime::now_ns() - deadline;
        if (!watch->looks.load()) continue;
        watch->wakes++;
        if (late > watch->worst.load()) watch->worst = late;
    }
}

/// Pools of a memory of their own, filled with copies.
struct Family {
    runtime::Owned<runtime::Untyped> memory = must(kit().memory.split(16 << 20), "memory");
    std::array<runtime::Owned<runtime::CapPool>, 2> pools{
        must(memory.make<runtime::CapPool>(), "pool"),
        must(memory.make<runtime::CapPool>(), "pool")};

    Family() {
        for (auto const& pool : pools)
            while (slots_of(pool) < descendants / pools.size())
                must(pool.grow(memory.address()), "grow");
    }

    void fill(abi::CapAddress source) const {
        for (auto const& pool : pools)
            for (unsigned i = 1; i <= descendants / pools.size(); i++)
                must(pool.copy(static_cast<std::uint16_t>(i), source), "copy");
    }

private:
    std::array<unsigned, 2> grown_{1, 1};

    unsigned slots_of(runtime::Owned<runtime::CapPool> const& pool) {
        auto& segments = grown_[static_cast<std::size_t>(&pool - pools.data())];
        return segments++ * abi::pool_segment_slots - 1;
    }
};

} // namespace

void measure_revocation() {
    if (!wanted("kernel/revoke/100,000/instructions kernel/revoke/100,000/timer-late")) return;
    Extent const page(abi::page_bytes);
    auto& watch = *new (page.bytes().data()) Watch;
    auto const events = must(kit().memory.make<runtime::Notification>(), "notification");
    auto const timer = must(kit().memory.make<runtime::Timer>(), "timer");
    Worker const watcher(runtime::own_process, {}, wake_each_millisecond,
                         {events.address().raw, timer.address().raw, page.address()},
                         {.priority = kit().priority + 1});
    watcher.start();
    watcher.settle();

    auto const root = must(kit().memory.make<runtime::Notification>(), "notification");
    Family const family;
    family.fill(root.address());
    runtime::CapPool const own(runtime::own_pool);
    watch.looks = true;
    auto const before = ticks();
    must(own.revoke(root.address()), "revoke");
    auto const after = ticks();
    watch.looks = false;
    if (watch.wakes.load() < (after - before) / millisecond / 2)
        give_up("the timer was not heard of", abi::Error::bad_state);
    report("kernel/revoke/100,000", after - before);
    report("kernel/revoke/100,000/timer-late", watch.worst.load());
}

} // namespace bench
