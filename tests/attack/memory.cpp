// Programs that take all they can get: memory until there is none, objects of every kind, slots of
// a pool, tables of an address space. Each ends in an error that says so, and what is given back
// can be taken again, all of it.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/raw.hpp>

#include <runtime/lab/extent.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/own.hpp>

#include <abi/memory.hpp>

#include <cstring>

namespace attack {

namespace {

using abi::Error;
using abi::Word;
using lab::must;

runtime::CapPool own_pool() { return runtime::CapPool(runtime::own_pool); }

Word free_bytes(runtime::Untyped untyped) {
    return must(own_pool().inspect(untyped.address().slot()), "inspect").free_bytes;
}

/// A pool to put things into, grown as far as it goes, from an untyped of its own.
class Store {
public:
    Store() {
        while (pool_.grow(memory_.address()).has_value()) slots_ += abi::pool_segment_slots;
    }
    abi::CapAddress address() const { return pool_.address(); }
    std::uint32_t slots() const { return slots_; }
    runtime::CapPool pool() const { return pool_.view(); }

private:
    runtime::Owned<runtime::Untyped> memory_ = must(lab::kit().memory.split(8 << 20), "memory");
    runtime::Owned<runtime::CapPool> pool_ = must(memory_.make<runtime::CapPool>(), "pool");
    std::uint32_t slots_ = abi::pool_segment_slots;
};

/// Makes objects until an error comes; how many.
struct Feast {
    Word made = 0;
    Error last = Error::ok;

    Feast(runtime::Untyped from, Store const& into, abi::Kind kind, Word size) {
        for (std::uint32_t slot = 1; slot < into.slots(); slot++) {
            auto const object =
                from.make_at({into.address(), static_cast<std::uint16_t>(slot)}, kind, size);
            if (!object) {
                last = object.error();
                return;
            }
            made++;
        }
    }
};

void eat_and_give_back(Store const& store, std::string_view name, abi::Kind kind, Word size) {
    runtime::Line title;
    title.put("attack/memory/all-of-it-as-{}", name);
    Outcome outcome(title.text());
    auto const untyped = must(lab::kit().memory.split(1 << 20), "memory");
    auto const before = free_bytes(untyped);
    Feast const first(untyped, store, kind, size);
    outcome.expect(first.last == Error::no_memory || first.last == Error::no_table_memory,
                   "another end than that of memory");
    outcome.expect(first.made > 0, "nothing was made");
    must(own_pool().revoke(untyped.address()), "revoke");
    outcome.expect(free_bytes(untyped) == before, "something was not given back");
    Feast const second(untyped, store, kind, size);
    outcome.expect(first.made == second.made, "the second time there is less");
    must(own_pool().revoke(untyped.address()), "revoke");
    Feast const mixed(untyped, store, abi::Kind::notification, 0);
    outcome.expect(mixed.made > 0, "other objects don't fit where these were");
    must(own_pool().revoke(untyped.address()), "revoke");
    outcome.expect(free_bytes(untyped) == before, "something was not given back at the end");
}

/// One by one, and not in the order in which it was taken.
void delete_in_disorder(Store const& store) {
    Outcome outcome("attack/memory/given-back-in-disorder");
    auto const untyped = must(lab::kit().memory.split(1 << 20), "memory");
    auto const before = free_bytes(untyped);
    Feast const first(untyped, store, abi::Kind::endpoint, 0);
    for (unsigned step = 0; step < 3; step++)
        for (Word slot = 1 + (2 - step); slot <= first.made; slot += 3) {
            auto const info =
                must(store.pool().inspect(static_cast<std::uint16_t>(slot)), "inspect");
            outcome.expect(store.pool().remove(info.address).has_value(), "delete");
        }
    outcome.expect(free_bytes(untyped) == before, "something was not given back");
}

/// Memory must be zero, whoever had it before.
void no_leftovers() {
    Outcome outcome("attack/memory/nothing-left-in-it");
    auto const untyped = must(lab::kit().memory.split(1 << 20), "memory");
    runtime::AddressSpace const own(runtime::own_space);
    auto const address = lab::reserve(256 << 10);
    for (int round = 0; round < 4; round++) {
        auto const memory = must(untyped.make_memory(256 << 10), "memory");
        auto const attachment = must(own.attach(memory), "attach");
        outcome.expect(own.map(attachment, address, 0, 64, abi::Protection::read_write).error ==
                           Error::ok,
                       "map");
        auto const* words = reinterpret_cast<Word const*>(address);
        for (std::size_t i = 0; i < (256 << 10) / sizeof(Word); i++)
            outcome.expect(words[i] == 0, "a word of whoever had it before");
        std::memset(reinterpret_cast<void*>(address), 0xa5, 256 << 10);
        must(own.detach(attachment), "detach");
    }
}

/// An Untyped in use goes with its last capability only when its objects have gone.
void untyped_in_use() {
    Outcome outcome("attack/memory/untyped-deleted-in-use");
    auto const parent = must(lab::kit().memory.split(256 << 10), "memory");
    auto child = must(parent.split(64 << 10), "memory");
    auto const events = must(child.make<runtime::Notification>(), "notification");
    child.reset();
    // Whatever is made now must not lie where the notification is.
    for (int i = 0; i < 3; i++) {
        auto const memory = parent.make_memory(64 << 10);
        if (!memory) break;
        runtime::AddressSpace const own(runtime::own_space);
        auto const attachment = must(own.attach(*memory), "attach");
        auto const address = lab::reserve(64 << 10);
        (void)own.map(attachment, address, 0, 16, abi::Protection::read_write);
        std::memset(reinterpret_cast<void*>(address), 0xff, 64 << 10);
        must(own.detach(attachment), "detach");
    }
    outcome.expect(events.signal(5).has_value(), "the notification works");
    outcome.expect(events.poll().value_or(0) == 5, "and holds what it held");
}

void tables_run_out() {
    Outcome outcome("attack/memory/no-room-for-tables");
    auto const home = must(lab::kit().memory.split(64 << 10), "memory");
    auto const space = must(home.make<runtime::AddressSpace>(), "space");
    auto const memory = must(lab::kit().memory.make_memory(abi::page_bytes), "memory");
    auto const attachment = must(space.attach(memory), "attach");
    auto last = Error::ok;
    Word mapped = 0;
    for (Word i = 1; i < 512 && last == Error::ok; i++) {
        last = space.map(attachment, i << 38, 0, 1, abi::Protection::read).error;
        mapped += last == Error::ok ? 1 : 0;
    }
    outcome.expect(Error::no_table_memory, last, "the end of tables");
    outcome.expect(mapped > 0, "nothing was mapped");
    for (Word i = 1; i <= mapped; i++) outcome.expect(space.unmap(i << 38, 1).has_value(), "unmap");
    Word again = 0;
    for (Word i = 1; i <= mapped; i++)
        again += space.map(attachment, i << 38, 0, 1, abi::Protection::read).error == Error::ok;
    outcome.expect(again == mapped, "emptied tables do not come back");
}

void attachments_run_out() {
    Outcome outcome("attack/memory/all-attachments");
    auto const home = must(lab::kit().memory.split(2 << 20), "memory");
    auto const space = must(home.make<runtime::AddressSpace>(), "space");
    auto const memory = must(lab::kit().memory.make_memory(abi::page_bytes), "memory");
    auto const second = must(lab::kit().memory.make_memory(2 * abi::page_bytes), "memory");
    must(space.attach(memory, abi::max_attachments), "the last number");
    outcome.expect(!space.attach(memory, abi::max_attachments).has_value(), "a number in use");
    (void)space.attach(memory); // the same frames under another number: whatever the rule, no harm
    must(space.attach(second), "another");
    for (Word i = 0; i < abi::max_attachments + 8; i++) (void)space.attach(second);
    must(own_pool().revoke(memory.address()), "revoke");
    must(own_pool().revoke(second.address()), "revoke");
    outcome.expect(space.attach(memory, abi::max_attachments).has_value(), "free again");
}

/// Pages of two extents, mixed, and copied from space to space bit by bit; then one is revoked.
void mixed_copies() {
    Outcome outcome("attack/memory/revoked-from-mixed-copies");
    auto const home = must(lab::kit().memory.split(2 << 20), "memory");
    auto const parent = must(home.make<runtime::AddressSpace>(), "space");
    auto const child = must(home.make<runtime::AddressSpace>(), "space");
    auto const one = must(lab::kit().memory.make_memory(64 * abi::page_bytes), "memory");
    auto const two = must(lab::kit().memory.make_memory(64 * abi::page_bytes), "memory");
    for (auto const space : {parent.view(), child.view()}) {
        must(space.attach(one, 1), "attach");
        must(space.attach(two, 2), "attach");
    }
    constexpr Word base = 0x4000'0000;
    for (Word page = 0; page < 64; page++)
        for (Word const number : {Word{1}, Word{2}})
            (void)parent.map(number, base + (2 * page + number - 1) * abi::page_bytes, page, 1,
                             abi::Protection::read_write);
    for (Word const piece : {Word{0}, Word{32}, Word{96}, Word{64}})
        outcome.expect(
            child.copy_mappings(parent, base + piece * abi::page_bytes, 32, true).has_value(),
            "copy");
    must(own_pool().revoke(one.address()), "revoke");
    for (auto const space : {parent.view(), child.view()}) {
        auto const entries = must(space.translate(base, 128), "translate");
        for (Word page = 0; page < 128; page++)
            outcome.expect(((entries[page] & abi::page_entry::present) != 0) == (page % 2 == 1),
                           "a page of the wrong extent is mapped");
    }
    must(own_pool().revoke(two.address()), "revoke");
}

} // namespace

void attack_memory() {
    Store const store;
    eat_and_give_back(store, "pages", abi::Kind::memory, abi::page_bytes);
    eat_and_give_back(store, "extents", abi::Kind::memory, 12 * abi::page_bytes);
    eat_and_give_back(store, "untypeds", abi::Kind::untyped, 64 << 10);
    eat_and_give_back(store, "notifications", abi::Kind::notification, 0);
    eat_and_give_back(store, "threads", abi::Kind::thread, 0);
    eat_and_give_back(store, "processes", abi::Kind::process, 0);
    eat_and_give_back(store, "spaces", abi::Kind::address_space, 0);
    eat_and_give_back(store, "pools", abi::Kind::cap_pool, 0);
    delete_in_disorder(store);
    no_leftovers();
    untyped_in_use();
    tables_run_out();
    attachments_run_out();
    mixed_copies();
}

} // namespace attack
