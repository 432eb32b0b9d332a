// Objects and capabilities: made, copied, minted, deleted.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/own.hpp>

namespace bench {

using namespace lab;

namespace {

void retype() {
    auto const untyped = must(kit().memory.split(1 << 20), "memory");
    auto const slot = must(runtime::allocate_slot(), "slot");
    abi::CapAddress made;
    auto const prepare = [&] {
        if (made) must(runtime::CapPool(runtime::own_pool).remove(made), "delete");
        must(untyped.clear(), "clear");
    };
    auto const retype_one = [&] {
        made = untyped.make_at({{}, slot}, abi::Kind::memory, abi::page_bytes)
                   .value_or(abi::CapAddress{});
    };
    retype_one();
    if (!made) give_up("nothing was made", abi::Error::bad_state);
    measure("kernel/retype/4k-clean", prepare, retype_one);
    must(runtime::CapPool(runtime::own_pool).remove(made), "delete");
    runtime::release_slot(slot);
}

void slots() {
    runtime::CapPool const pool(runtime::own_pool);
    auto const events = must(kit().memory.make<runtime::Notification>(), "notification");
    auto const source = events.address();
    auto const slot = must(runtime::allocate_slot(), "slot");
    abi::CapAddress made;
    auto const remove = [&] {
        if (made) must(pool.remove(made), "delete");
        made = {};
    };
    auto const copy = [&] { made = pool.copy(slot, source).value_or(abi::CapAddress{}); };
    measure("kernel/cap/copy", remove, copy);
    measure("kernel/cap/mint", remove, [&] {
        made = pool.mint(slot, source, abi::all_rights, 1).value_or(abi::CapAddress{});
    });
    remove();
    measure("kernel/cap/delete", copy, [&] { (void)pool.remove(made); });
    made = {};
    copy();
    if (!made) give_up("the slot was not empty", abi::Error::slot_occupied);
    remove();
    runtime::release_slot(slot);
}

} // namespace

void measure_capabilities() {
    retype();
    slots();
}

} // namespace bench
