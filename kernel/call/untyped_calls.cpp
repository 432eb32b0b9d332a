// Making objects of memory.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/object/make.hpp>

#include <algorithm>
#include <bit>

namespace kernel {

namespace {

/// Objects that need nothing but their own memory.
template <class T> base::Result<Object*> make_plain(Untyped& from) { return TRY(make<T>(from)); }

base::Result<Object*> make_pool(Untyped& from) {
    auto* const pool = TRY(make<CapPool>(from));
    if (auto const grown = pool->grow(); !grown) {
        from.give_back(reinterpret_cast<std::byte*>(pool), pool->size_log2);
        return base::fail(grown.error());
    }
    return pool;
}

template <class T> base::Result<Object*> make_space(Untyped& from) {
    auto* const space = TRY(make<T>(from));
    if (auto const ready = space->initialise(); !ready) {
        from.give_back(reinterpret_cast<std::byte*>(space), space->size_log2);
        return base::fail(ready.error());
    }
    return space;
}

constexpr std::uint64_t largest_memory = std::uint64_t{1} << 44; // pages fit 32 bits

base::Result<Object*> make_memory(Untyped& range, Untyped& records, abi::Word size,
                                  abi::Cache cache,
                                  Untyped::Clearing clearing = Untyped::Clearing::whole) {
    if (cache > abi::Cache::uncached || size == 0) return base::fail(abi::Error::bad_argument);
    if (!base::aligned(size, abi::page_bytes)) return base::fail(abi::Error::misaligned);
    if (size > range.bytes() || size >= largest_memory) return base::fail(abi::Error::no_memory);
    if (records.device()) return base::fail(abi::Error::bad_argument);
    auto const alignment = size >= abi::large_page_bytes ? abi::large_page_bytes : abi::page_bytes;
    auto const place = TRY(range.take_range(size, alignment, clearing));
    auto const memory =
        make<Memory>(records, place.start, size / abi::page_bytes, cache, range.device(), &range);
    if (!memory) {
        range.return_unused(place.start, size);
        return base::fail(memory.error());
    }
    return *memory;
}

base::Result<Object*> make_untyped(Untyped& range, Untyped& records, abi::Word size) {
    if (size < abi::page_bytes || !std::has_single_bit(size))
        return base::fail(abi::Error::misaligned);
    if (size > range.bytes()) return base::fail(abi::Error::no_memory);
    if (records.device()) return base::fail(abi::Error::bad_argument);
    auto const alignment = range.device() ? abi::page_bytes : std::min(size, abi::large_page_bytes);
    auto const place = TRY(range.take_range(size, alignment, Untyped::Clearing::none));
    auto const untyped =
        make<Untyped>(records, place.start, size, range.device(), place.clean, &range);
    if (!untyped) {
        range.return_unused(place.start, size);
        return base::fail(untyped.error());
    }
    return *untyped;
}

base::Result<Object*> make_object(abi::Kind kind, Untyped& from, Untyped& records, abi::Word size,
                                  abi::Cache cache) {
    switch (kind) {
    case abi::Kind::untyped: return make_untyped(from, records, size);
    case abi::Kind::memory: return make_memory(from, records, size, cache);
    default: break;
    }
    if (size != 0 || from.device() || cache != abi::Cache::write_back)
        return base::fail(abi::Error::bad_argument);
    switch (kind) {
    case abi::Kind::cap_pool: return make_pool(from);
    case abi::Kind::process: return make_plain<Process>(from);
    case abi::Kind::thread: return make_plain<Thread>(from);
    case abi::Kind::address_space: return make_space<AddressSpace>(from);
    case abi::Kind::endpoint: return make_plain<Endpoint>(from);
    case abi::Kind::reply: return make_plain<Reply>(from);
    case abi::Kind::notification: return make_plain<Notification>(from);
    case abi::Kind::timer: return make_plain<Timer>(from);
    case abi::Kind::sched_context: return make_plain<SchedContext>(from);
    case abi::Kind::dma_space: return make_space<DmaSpace>(from);
    default: return base::fail(abi::Error::bad_argument);
    }
}

/// The extent, badge or ceiling that an object's first capability carries. No thread can be raised
/// above the ceiling of the Untyped it was made of.
std::uint64_t first_data(Object const& object, Slot const& source) {
    switch (object.kind) {
    case abi::Kind::memory: return Slot::extent(0, static_cast<Memory const&>(object).pages());
    case abi::Kind::untyped:
    case abi::Kind::thread: return source.data;
    default: return 0;
    }
}

/// Untypeds that are made of another don't let anybody read what was never given out, and have
/// unlimited time to give only if that had.
abi::RightsMask first_rights(Object const& object, Slot const& source) {
    constexpr auto time = abi::mask(abi::UntypedRights::time);
    return object.kind == abi::Kind::untyped
               ? static_cast<abi::RightsMask>(abi::all_rights &
                                              ~abi::mask(abi::UntypedRights::unread) &
                                              (source.rights | ~time))
               : abi::all_rights;
}

/// Whose memory the record of a new object comes from: the one that is named, or the range itself.
base::Result<Untyped*> payer_of(CapPool& pool, Untyped& range, abi::CapAddress records) {
    if (!records) return &range;
    return TRY(find<Untyped>(pool, records, abi::UntypedRights::retype)).object;
}

/// Puts what was made into the caller's place, or finds out whether it is worth to come back.
[[gnu::always_inline]] inline base::Result<abi::CapAddress> keep(base::Result<Object*> const& made,
                                                                 Untyped& range, Slot& source,
                                                                 Slot& slot, abi::Place place) {
    if (!made && made.error() == abi::Error::no_memory && teardown::pending()) {
        // What is being taken apart may give back what is missing. It may also be the caller, its
        // pool or this Untyped: nothing that was looked up is sure to be there any more.
        unsigned budget = teardown::step_budget;
        teardown::reap(budget);
        return base::fail(again);
    }
    if (!made)
        return base::fail(made.error() == abi::Error::no_memory && range.quarantined()
                              ? abi::Error::quarantined
                              : made.error());
    if ((*made)->kind == abi::Kind::sched_context &&
        abi::covers(source.rights, abi::UntypedRights::time))
        static_cast<SchedContext&>(**made).configure(0, 0);
    derivation::fill(slot, **made, first_rights(**made, source), first_data(**made, source),
                     &source);
    return slot.address(place.slot);
}

} // namespace

HANDLE(UntypedRetype, abi::Kind kind, abi::Word size, abi::CapAddress records, abi::Place place,
       abi::Cache cache) {
    TRY(derivation::derivable(on.slot));
    auto* const slot = TRY(find_place(on.pool, place));
    auto* const payer = TRY(payer_of(on.pool, on.object, records));
    return keep(make_object(kind, on.object, *payer, size, cache), on.object, on.slot, *slot,
                place);
}

HANDLE(UntypedRetypeUnread, abi::Word size, abi::CapAddress records, abi::Place place,
       abi::Cache cache) {
    TRY(derivation::derivable(on.slot));
    auto* const slot = TRY(find_place(on.pool, place));
    auto* const payer = TRY(payer_of(on.pool, on.object, records));
    return keep(make_memory(on.object, *payer, size, cache, Untyped::Clearing::reused), on.object,
                on.slot, *slot, place);
}

HANDLE(UntypedClear) {
    TRY(on.object.clear_ahead(on.object.bytes()));
    return {};
}

} // namespace kernel
