// Every call of the ABI on the wrong kind of capability, with too few rights, on empty, stale and
// impossible slots: each must say so, and change nothing.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/pool_photo.hpp>
#include <tests/attack/raw.hpp>
#include <tests/attack/zoo.hpp>

#include <runtime/lab/must.hpp>
#include <runtime/own.hpp>

namespace attack {

namespace {

using abi::Error;
using lab::must;

runtime::CapPool own_pool() { return runtime::CapPool(runtime::own_pool); }

/// Visits every call that has a target.
template <class Visit> void each_targeted(Visit&& visit) {
    each_call([&]<class C> {
        if constexpr (C::kind != abi::Kind::none) visit.template operator()<C>();
    });
}

void wrong_kinds(Zoo const& zoo) {
    Outcome outcome("attack/targets/wrong-kind");
    auto const before = pool_photo();
    each_targeted([&]<class C> {
        for (std::uint32_t kind = 1; kind < abi::kind_count; kind++) {
            auto const cap = zoo.of(static_cast<abi::Kind>(kind));
            if (!cap || static_cast<abi::Kind>(kind) == C::kind) continue;
            runtime::Line what;
            what.put("call {} on kind {}", runtime::hex(C::number), kind);
            outcome.expect(Error::wrong_kind, raw_call<C>(*cap), what.text());
        }
    });
    outcome.expect(pool_photo() == before, "a refused call changed the pool");
}

void too_few_rights(Zoo const& zoo) {
    Outcome outcome("attack/targets/too-few-rights");
    auto const slot = must(runtime::allocate_slot(), "slot");
    each_targeted([&]<class C> {
        auto const needed = static_cast<abi::RightsMask>(C::need);
        auto const full = zoo.of(C::kind);
        if (needed == 0 || !full) return;
        auto const poor = must(own_pool().copy(slot, *full, static_cast<abi::RightsMask>(~needed)),
                               "a poor copy");
        auto const before = pool_photo();
        runtime::Line what;
        what.put("call {}", runtime::hex(C::number));
        outcome.expect(Error::no_rights, raw_call<C>(poor), what.text());
        outcome.expect(pool_photo() == before, "a refused call changed the pool");
        must(own_pool().remove(poor), "delete");
    });
    runtime::release_slot(slot);
}

void no_capability() {
    Outcome outcome("attack/targets/absent-and-impossible-slots");
    auto const slot = must(runtime::allocate_slot(), "slot");
    auto const before = pool_photo();
    auto const info = must(own_pool().inspect(slot), "inspect");
    auto const generation = info.address ? info.address.generation() : std::uint16_t{1};
    each_targeted([&]<class C> {
        runtime::Line what;
        what.put("call {}", runtime::hex(C::number));
        outcome.expect(Error::bad_capability, raw_call<C>({}), what.text());
        outcome.expect_refused(raw_call<C>({slot, generation}), what.text());
        outcome.expect_refused(raw_call<C>({slot, 0xffff}), what.text());
        outcome.expect_refused(raw_call<C>({0, 1}), what.text());
        outcome.expect(Error::bad_capability, raw_call<C>({0x7fff, 1}), what.text());
        outcome.expect(Error::bad_capability, raw_call<C>({0xffff, 0xffff}), what.text());
    });
    outcome.expect(pool_photo() == before, "a refused call changed the pool");
    runtime::release_slot(slot);
}

void stale_capability(Zoo const& zoo) {
    Outcome outcome("attack/targets/stale-slots");
    auto const slot = must(runtime::allocate_slot(), "slot");
    each_targeted([&]<class C> {
        auto const full = zoo.of(C::kind);
        if (!full) return;
        auto const stale = must(own_pool().copy(slot, *full), "a copy");
        must(own_pool().remove(stale), "delete");
        runtime::Line what;
        what.put("call {}", runtime::hex(C::number));
        outcome.expect_refused(raw_call<C>(stale), what.text());
        auto const fresh = must(own_pool().copy(slot, *full), "a copy");
        outcome.expect(Error::stale_capability, raw_call<C>(stale), what.text());
        must(own_pool().remove(fresh), "delete");
    });
    runtime::release_slot(slot);
}

} // namespace

void attack_targets() {
    Zoo const zoo;
    wrong_kinds(zoo);
    too_few_rights(zoo);
    no_capability();
    stale_capability(zoo);
}

} // namespace attack
