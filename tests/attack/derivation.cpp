// Capabilities derived as deep and as wide as it goes, revoked while others derive more, and
// deleted from the middle.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/raw.hpp>

#include <runtime/lab/extent.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/worker.hpp>
#include <runtime/own.hpp>

#include <array>
#include <atomic>

namespace attack {

namespace {

using abi::Error;
using abi::Word;
using lab::must;

constexpr Word store_bytes = 4 << 20;

/// A pool of many slots beside our own. (Sources of copies are always in our own pool.)
struct Wide {
    runtime::Owned<runtime::Untyped> memory = must(lab::kit().memory.split(store_bytes), "memory");
    runtime::Owned<runtime::CapPool> pool = must(memory.make<runtime::CapPool>(), "pool");
    std::uint32_t slots = abi::pool_segment_slots;

    explicit Wide(std::uint32_t wanted) {
        while (slots < wanted && pool.grow(memory.address())) slots += abi::pool_segment_slots;
    }
    bool empty(std::uint32_t slot) const {
        return !must(pool.inspect(static_cast<std::uint16_t>(slot)), "inspect").address;
    }
};

void deep() {
    Outcome outcome("attack/derivation/as-deep-as-it-goes");
    runtime::CapPool const own(runtime::own_pool);
    auto const events = must(lab::kit().memory.make<runtime::Notification>(), "notification");
    auto const root = must(runtime::copy(events.view()), "root");
    // Two slots in turn: a copy of the copy, and then the first one moves out of the way.
    auto const here = must(runtime::allocate_slot(), "slot");
    Wide const wide(512);
    abi::CapAddress last = root.address();
    std::uint16_t depth = 0;
    auto error = Error::ok;
    while (error == Error::ok && depth < 400) {
        auto const next = own.copy(here, last);
        if (!next) {
            error = next.error();
            break;
        }
        depth++;
        if (last != root.address()) {
            auto const moved = wide.pool.move(depth, last);
            if (!moved) error = moved.error();
        }
        // The next round copies from another slot.
        auto const slot = must(runtime::allocate_slot(), "slot");
        auto const at = own.move(slot, *next);
        last = at.value_or(abi::CapAddress{});
    }
    outcome.expect(Error::too_deep, error, "the end of derivation");
    outcome.expect(depth > 100, "it ends early");
    must(own.revoke(root.address()), "revoke");
    for (std::uint32_t slot = 1; slot < wide.slots; slot++)
        outcome.expect(wide.empty(slot), "a descendant survives");
    outcome.expect(!runtime::Notification(last).signal(1).has_value(), "the deepest one works");
    outcome.expect(events.signal(1).has_value(), "the original is gone");
}

void wide_and_revoked() {
    Outcome outcome("attack/derivation/as-wide-as-it-goes");
    Wide const wide(0x8000);
    auto const events = must(lab::kit().memory.make<runtime::Notification>(), "notification");
    std::uint32_t made = 0;
    for (std::uint32_t slot = 1; slot < wide.slots; slot++)
        made += wide.pool.copy(static_cast<std::uint16_t>(slot), events.address()).has_value();
    outcome.expect(made == wide.slots - 1, "not every slot could be filled");
    outcome.expect(!wide.pool.copy(1, events.address()).has_value(), "an occupied slot was filled");
    must(runtime::CapPool(runtime::own_pool).revoke(events.address()), "revoke");
    std::uint32_t left = 0;
    for (std::uint32_t slot = 1; slot < wide.slots; slot++) left += wide.empty(slot) ? 0 : 1;
    outcome.expect(left == 0, "a descendant survives");
    outcome.expect(events.signal(1).has_value(), "the original is gone");
}

void pool_limits() {
    Outcome outcome("attack/derivation/pool-grown-to-its-end");
    auto const memory = must(lab::kit().memory.split(8 << 20), "memory");
    auto const pool = must(memory.make<runtime::CapPool>(), "pool");
    std::uint32_t segments = 1;
    auto error = Error::ok;
    while (error == Error::ok && segments < 300) {
        auto const grown = pool.grow(memory.address());
        if (grown)
            segments++;
        else
            error = grown.error();
    }
    outcome.expect(segments == abi::pool_segments, "another number of segments");
    outcome.expect_refused(error, "growing beyond the end");
    outcome.expect(pool.copy(0x7fff, runtime::first_context).has_value(), "its last slot");
}

/// Copies a capability as fast as it can, while others revoke it.
void keep_copying(Word source, Word slot, std::atomic<Word>* rounds) {
    runtime::CapPool const pool(runtime::own_pool);
    abi::CapAddress const from(static_cast<std::uint32_t>(source));
    for (;;) {
        auto const made = pool.copy(static_cast<std::uint16_t>(slot), from);
        if (made) (void)pool.remove(*made);
        rounds->fetch_add(1, std::memory_order_relaxed);
        (void)runtime::call<abi::Yield>();
    }
}

void revoke_storm() {
    Outcome outcome("attack/derivation/revoke-storm");
    runtime::CapPool const own(runtime::own_pool);
    auto const events = must(lab::kit().memory.make<runtime::Notification>(), "notification");
    auto const root = must(runtime::copy(events.view()), "root");
    lab::Extent const page(abi::page_bytes);
    auto* const rounds = reinterpret_cast<std::atomic<Word>*>(page.address());
    auto const first = must(runtime::allocate_slot(), "slot");
    auto const second = must(runtime::allocate_slot(), "slot");
    lab::WorkerOptions const options{.priority = lab::kit().priority};
    lab::Worker const one(runtime::own_process, {}, keep_copying,
                          {root.address().raw, first, page.address()}, options);
    lab::Worker const two(runtime::own_process, {}, keep_copying,
                          {root.address().raw, second, page.address()}, options);
    one.start();
    two.start();
    for (int i = 0; i < 2000; i++) {
        outcome.expect(own.revoke(root.address()).has_value(), "revoke");
        (void)runtime::call<abi::Yield>();
    }
    outcome.expect(rounds->load(std::memory_order_relaxed) > 100, "the others did not run");
    must(one.thread().suspend(), "suspend");
    must(two.thread().suspend(), "suspend");
    must(own.revoke(root.address()), "revoke");
    for (auto const slot : {first, second})
        outcome.expect(!must(own.inspect(slot), "inspect").address, "a copy outlived the revoke");
}

/// A process that is built of memory which is then revoked under it, while it runs.
void ground_pulled_away() {
    Outcome outcome("attack/derivation/memory-revoked-under-a-process");
    runtime::CapPool const own(runtime::own_pool);
    auto const memory = must(lab::kit().memory.split(1 << 20), "memory");
    for (int i = 0; i < 50; i++) {
        auto const space = must(memory.make<runtime::AddressSpace>(), "space").release();
        auto const pool = must(memory.make<runtime::CapPool>(), "pool").release();
        auto const process = must(memory.make<runtime::Process>(), "process").release();
        auto const thread = must(memory.make<runtime::Thread>(), "thread").release();
        auto const context = must(memory.make<runtime::SchedContext>(), "time").release();
        must(process.configure(pool.address(), space.address(), runtime::Process::Abi::native), "");
        must(thread.configure(process.address(), {}, 0, 0), "");
        must(thread.bind_context(context.address()), "");
        must(thread.set_priority(lab::kit().priority), "");
        must(pool.copy(1, pool.address()), "a pool that holds itself");
        must(pool.copy(2, process.address()), "");
        must(process.start(), "");
        must(thread.resume(), ""); // it faults at address 0, and nobody keeps it
        if (i % 2 == 0) (void)runtime::call<abi::Yield>();
        outcome.expect(own.revoke(memory.address()).has_value(), "revoke");
        for (auto const address : {space.address(), pool.address(), process.address(),
                                   thread.address(), context.address()})
            runtime::release_slot(address.slot());
    }
    outcome.expect(must(own.inspect(memory.address().slot()), "inspect").free_bytes == 1 << 20,
                   "something was not given back");
}

} // namespace

void attack_derivation() {
    deep();
    wide_and_revoked();
    pool_limits();
    revoke_storm();
    ground_pulled_away();
}

} // namespace attack
