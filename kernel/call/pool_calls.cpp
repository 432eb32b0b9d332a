// Copying, narrowing, moving and deleting capabilities.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>

#include <abi/info.hpp>

#include <cstring>

namespace kernel {

namespace {

/// The children of a slot that can be moved in one go.
constexpr unsigned movable_children = 256;

bool too_many_children(Slot const& slot) {
    unsigned count = 0;
    for (auto const* child = slot.first_child; child; child = child->next)
        if (++count > movable_children) return true;
    return false;
}

/// The data of a minted capability, narrower than its source's.
base::Result<std::uint64_t> narrow(Slot const& source, abi::Word first, abi::Word second) {
    switch (source.object->kind) {
    case abi::Kind::endpoint:
    case abi::Kind::notification:
        if (source.data != 0) return base::fail(abi::Error::no_rights);
        return first;
    case abi::Kind::memory:
    case abi::Kind::io_ports: {
        auto const memory = source.object->kind == abi::Kind::memory;
        // Memory counts from the start of what the source covers; ports have numbers of their own.
        auto const begin = memory ? abi::Word{0} : source.first();
        auto const count = abi::Word{source.count()};
        if (second == 0) return base::fail(abi::Error::bad_argument);
        if (first < begin || first - begin > count || second > count - (first - begin))
            return base::fail(abi::Error::out_of_range);
        return Slot::extent(memory ? source.first() + first : first, second);
    }
    case abi::Kind::untyped:
    case abi::Kind::thread:
        if (first > source.data) return base::fail(abi::Error::no_rights);
        return first;
    default: return base::fail(abi::Error::wrong_kind);
    }
}

base::Result<abi::CapAddress> derive_into(CapPool& own, CapPool& to, std::uint16_t number,
                                          abi::CapAddress source_address, abi::RightsMask rights,
                                          bool mint, abi::Word first, abi::Word second) {
    auto* const source = TRY(find_slot(own, source_address));
    auto* const slot = TRY(find_place(to, number));
    TRY(derivation::derivable(*source));
    auto const data = mint ? TRY(narrow(*source, first, second)) : source->data;
    derivation::derive(*slot, *source, source->rights & rights, data);
    return slot->address(number);
}

} // namespace

HANDLE(PoolCopy, std::uint16_t slot, abi::CapAddress source, abi::RightsMask rights) {
    return derive_into(on.pool, on.object, slot, source, rights, false, 0, 0);
}

HANDLE(PoolMint, std::uint16_t slot, abi::CapAddress source, abi::RightsMask rights,
       abi::Word first, abi::Word second) {
    return derive_into(on.pool, on.object, slot, source, rights, true, first, second);
}

HANDLE(PoolMove, std::uint16_t number, abi::CapAddress source) {
    auto* const from = TRY(find_slot(on.pool, source));
    auto* const to = TRY(find_place(on.object, number));
    if (from->revoking()) return base::fail(abi::Error::revoked);
    if (too_many_children(*from)) return base::fail(abi::Error::busy);
    derivation::move(*to, *from);
    return to->address(number);
}

HANDLE(PoolDelete, abi::CapAddress address) {
    auto* const slot = TRY(find_slot(on.object, address));
    unsigned budget = teardown::step_budget;
    if (!teardown::remove(*slot, budget)) return base::fail(again);
    return reap(budget);
}

HANDLE(PoolRevoke, abi::CapAddress address) {
    auto* const slot = TRY(find_slot(on.object, address));
    unsigned budget = teardown::step_budget;
    if (!teardown::revoke(*slot, on.self, budget)) return base::fail(again);
    return reap(budget);
}

HANDLE(PoolGrow, abi::CapAddress memory) {
    auto const payer = TRY(find<Untyped>(on.pool, memory, abi::UntypedRights::retype));
    if (payer.object != on.object.home) return base::fail(abi::Error::bad_argument);
    return TRY(on.object.grow());
}

HANDLE(PoolInspect, std::uint16_t number) {
    auto* const page = TRY(message_page(on.self));
    auto* const slot = on.object.slot(number);
    if (!slot) return base::fail(abi::Error::out_of_range);
    abi::ObjectInfo info{};
    if (!slot->empty()) {
        info.kind = slot->object->kind;
        info.rights = slot->rights;
        info.revoked = derivation::being_revoked(*slot);
        info.address = slot->address(number);
        info.children = slot->first_child ? 1 : 0;
        visit(*slot->object, Objects{}, [&]<class T>(T& object) {
            if constexpr (std::is_same_v<T, Untyped>) {
                info.badge = slot->data;
                info.physical = object.base().raw;
                info.bytes = object.bytes();
                info.free_bytes = object.free_bytes();
                info.device = object.device();
            } else if constexpr (std::is_same_v<T, Memory>) {
                info.physical = object.start_of(*slot).raw;
                info.bytes = slot->count() * abi::page_bytes;
                info.device = object.device();
            } else if constexpr (std::is_same_v<T, Reserved>) {
                info.physical = object.start().raw;
                info.bytes = object.bytes();
            } else if constexpr (std::is_same_v<T, IoPorts>) {
                info.first = slot->first();
                info.bytes = slot->count();
            } else if constexpr (std::is_same_v<T, Interrupt>) {
                info.first = object.route().line;
            } else {
                info.badge = slot->data;
            }
        });
    }
    std::memcpy(page->text, &info, sizeof info);
    return {};
}

} // namespace kernel
