// A revoke of 100,000 descendants, alone and while another processor copies what is being revoked,
// and what a thread of higher priority notices of it: how late, at worst, a timer of one
// millisecond wakes it. With several processors a tick is an instruction of any of them.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/worker.hpp>

#include <runtime/clock.hpp>
#include <runtime/line.hpp>
#include <runtime/object/timer.hpp>
#include <runtime/own.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <new>

namespace bench {

using namespace lab;

namespace {

constexpr unsigned descendants = 100'000;
constexpr abi::Word millisecond = 1'000'000;

/// What a thread that a timer wakes again and again says of itself.
struct Watch {
    std::atomic<bool> looks{false};
    std::atomic<abi::Word> wakes{0};
    std::atomic<abi::Word> worst{0}; ///< ns
};

void wake_each(abi::Word notification, abi::Word clock, abi::Word period, Watch* watch) {
    runtime::Notification const events(abi::CapAddress(static_cast<std::uint32_t>(notification)));
    runtime::Timer const timer(abi::CapAddress(static_cast<std::uint32_t>(clock)));
    for (;;) {
        auto const deadline = runtime::now_ns() + period;
        (void)timer.arm(deadline, events, 1);
        (void)events.wait();
        auto const late = runtime::now_ns() - deadline;
        let_others_run();
        if (!watch->looks.load()) continue;
        watch->wakes++;
        if (late > watch->worst.load()) watch->worst = late;
    }
}

/// Memory of its own for what two threads say to each other.
template <class T> class Shared {
public:
    T* operator->() const { return value_; }
    abi::Word address() const { return page_.address(); }

private:
    Extent page_{abi::page_bytes};
    T* value_ = new (page_.bytes().data()) T;
};

/// Wakes each so many ns, and goes before all others of our processor.
class Watcher {
public:
    explicit Watcher(abi::Word period)
        : thread_(runtime::own_process, {}, wake_each,
                  {events_.address().raw, timer_.address().raw, period, watch_.address()},
                  {.priority = kit().priority + 1}) {
        thread_.start();
    }
    void look() const { watch_->looks = true; }
    /// How late it was at worst. There was time for so many wakes.
    abi::Word worst(abi::Word wakes) const {
        watch_->looks = false;
        if (watch_->wakes.load() < wakes / 2)
            give_up("the timer was not heard of", abi::Error::bad_state);
        return watch_->worst;
    }

private:
    Shared<Watch> watch_;
    runtime::Owned<runtime::Notification> events_ =
        must(kit().memory.make<runtime::Notification>(), "notification");
    runtime::Owned<runtime::Timer> timer_ = must(kit().memory.make<runtime::Timer>(), "timer");
    Worker thread_;
};

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

/// How often somebody's copies were made, and refused because their source is being revoked.
struct Copies {
    std::atomic<abi::Word> made{0};
    std::atomic<abi::Word> refused{0};
};

/// Of the root and of one of its copies, as fast as it can.
void copy_on_and_on(abi::Word pool, abi::Word root, abi::Word copy, Copies* copies) {
    runtime::CapPool const into(abi::CapAddress(static_cast<std::uint32_t>(pool)));
    for (unsigned i = 0;; i++) {
        auto const source = i % 2 == 0 ? root : copy;
        if (i % 32 == 0) let_others_run();
        auto const made = into.copy(1, abi::CapAddress(static_cast<std::uint32_t>(source)));
        if (made) {
            copies->made++;
            (void)into.remove(*made);
        } else if (made.error() == abi::Error::revoked) {
            copies->refused++;
        }
    }
}

/// Ticks that it takes.
abi::Word revoke(abi::CapAddress root) {
    auto const before = ticks();
    must(runtime::CapPool(runtime::own_pool).revoke(root), "revoke");
    return ticks() - before;
}

} // namespace

void measure_revocation() {
    if (!wanted("kernel/revoke/100,000/instructions kernel/revoke/100,000/timer-late")) return;
    Watcher const watcher(millisecond);
    auto const root = must(kit().memory.make<runtime::Notification>(), "notification");
    Family const family;
    family.fill(root.address());
    watcher.look();
    auto const taken = revoke(root.address());
    report("kernel/revoke/100,000", taken);
    report("kernel/revoke/100,000/timer-late", watcher.worst(taken / millisecond));
}

void measure_revocation_beside_copies() {
    Watcher const watcher(millisecond);
    // Looks so often that the two take turns.
    Watcher const turns(20'000);
    auto const root = must(kit().memory.make<runtime::Notification>(), "notification");
    auto const copy = must(runtime::copy(root.view()), "copy");
    Family const family;
    family.fill(root.address());
    auto const pool = must(kit().memory.make<runtime::CapPool>(), "pool");
    Shared<Copies> const copies;
    Worker const copier(
        runtime::own_process, {}, copy_on_and_on,
        {pool.address().raw, root.address().raw, copy.address().raw, copies.address()},
        {.priority = kit().priority, .processor = 1});
    copier.start();
    while (copies->made < 1000) must(runtime::call<abi::Yield>(), "yield");
    if (copies->refused != 0) give_up("a copy is refused", abi::Error::bad_state);
    watcher.look();
    auto const before = copies->made.load();
    auto const taken = revoke(root.address());
    auto const made = copies->made - before;
    auto const refused = copies->refused.load();
    runtime::Line line;
    line.put("BENCH kernel/revoke/100,000/beside-copies/made times {} - -\n", made);
    line.put("BENCH kernel/revoke/100,000/beside-copies/refused times {} - -\n", refused);
    must(kit().control.log(line.text()), "log");
    report("kernel/revoke/100,000/beside-copies", taken);
    report("kernel/revoke/100,000/beside-copies/timer-late", watcher.worst(taken / millisecond));
}

} // namespace bench
