// Making objects of memory.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/object/make.hpp>

#include <algorithm>
#include <bit>

namespace kernel {

namespace {

constexpr std::uint64_t largest_memory = std::uint64_t{1} << 44; // pages fit 32 bits

/// A part of `range`, and the object that stands for it, whose record `records` pays.
template <class F>
base::Result<Object*> make_of_range(Untyped& range, Untyped& records, abi::Word size,
                                    abi::Word alignment, Untyped::Clearing clearing, F&& record) {
    if (size > range.bytes()) return base::fail(abi::Error::no_memory);
    if (records.device()) return base::fail(abi::Error::bad_argument);
    auto const place = TRY(range.take_range(size, alignment, clearing));
    auto const made = record(place);
    if (made) return *made;
    range.return_unused(place.start, size);
    return base::fail(made.error());
}

base::Result<Object*> make_memory(Untyped& range, Untyped& records, abi::Word size,
                                  abi::Cache cache, Untyped::Clearing clearing) {
    if (cache > abi::Cache::uncached || size == 0) return base::fail(abi::Error::bad_argument);
    if (!base::aligned(size, abi::page_bytes)) return base::fail(abi::Error::misaligned);
    if (size >= largest_memory) return base::fail(abi::Error::no_memory);
    auto const alignment = size >= abi::large_page_bytes ? abi::large_page_bytes : abi::page_bytes;
    return make_of_range(range, records, size, alignment, clearing, [&](Untyped::Range place) {
        return make<Memory>(records, place.start, size / abi::page_bytes, cache, range.device(),
                            &range);
    });
}

base::Result<Object*> make_untyped(Untyped& range, Untyped& records, abi::Word size) {
    if (size < abi::page_bytes || !std::has_single_bit(size))
        return base::fail(abi::Error::misaligned);
    auto const alignment = range.device() ? abi::page_bytes : std::min(size, abi::large_page_bytes);
    return make_of_range(
        range, records, size, alignment, Untyped::Clearing::none, [&](Untyped::Range place) {
            return make<Untyped>(records, place.start, size, range.device(), place.clean, &range);
        });
}

/// An object of type T, with what it needs beside its own memory to begin with.
template <class T> base::Result<Object*> make_whole(Untyped& from) {
    auto* const made = TRY(make<T>(from));
    if constexpr (requires { made->initialise(); })
        if (auto const ready = made->initialise(); !ready) {
            from.give_back(reinterpret_cast<std::byte*>(made), made->size_log2);
            return base::fail(ready.error());
        }
    return made;
}

/// Those that are made of an Untyped alone.
using Whole = ObjectList<CapPool, Process, Thread, AddressSpace, Endpoint, Reply, Notification,
                         Timer, SchedContext, DmaSpace>;

template <KernelObject... T>
base::Result<Object*> make_whole(abi::Kind kind, Untyped& from, ObjectList<T...>) {
    base::Result<Object*> made = base::fail(abi::Error::bad_argument);
    ((kind == T::static_kind ? void(made = make_whole<T>(from)) : void()), ...);
    return made;
}

base::Result<Object*> make_object(abi::Kind kind, Untyped& from, Untyped& records, abi::Word size,
                                  abi::Cache cache, Untyped::Clearing clearing) {
    if (kind == abi::Kind::memory) return make_memory(from, records, size, cache, clearing);
    if (cache != abi::Cache::write_back) return base::fail(abi::Error::bad_argument);
    if (kind == abi::Kind::untyped) return make_untyped(from, records, size);
    if (size != 0 || &records != &from || from.device())
        return base::fail(abi::Error::bad_argument);
    return make_whole(kind, from, Whole{});
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

/// Puts what was made into the caller's place, or finds out whether it is worth to come back.
base::Result<abi::CapAddress> retype(Target<abi::Kind::untyped>& on, abi::Kind kind, abi::Word size,
                                     abi::CapAddress records, abi::Place place, abi::Cache cache,
                                     Untyped::Clearing clearing) {
    auto& range = on.object;
    TRY(derivation::derivable(on.slot));
    auto* const slot = TRY(find_place(on.pool, place));
    auto* payer = &range;
    if (records) payer = TRY(find<Untyped>(on.pool, records, abi::UntypedRights::retype)).object;
    auto const made = make_object(kind, range, *payer, size, cache, clearing);
    if (!made && made.error() == abi::Error::no_memory) {
        if (root().dying.empty())
            return base::fail(range.quarantined() ? abi::Error::quarantined
                                                  : abi::Error::no_memory);
        // What is being taken apart may give back what is missing. It may also be the caller, its
        // pool or this Untyped: nothing that was looked up is sure to be there any more.
        unsigned budget = teardown::step_budget;
        teardown::reap(budget);
        return base::fail(again);
    }
    auto& object = *TRY(made);
    if (kind == abi::Kind::sched_context && abi::covers(on.slot.rights, abi::UntypedRights::time))
        static_cast<SchedContext&>(object).configure(0, 0);
    derivation::fill(*slot, object, first_rights(object, on.slot), first_data(object, on.slot),
                     &on.slot);
    return slot->address(place.slot);
}

} // namespace

HANDLE(UntypedRetype, abi::Kind kind, abi::Word size, abi::CapAddress records, abi::Place place,
       abi::Cache cache) {
    return retype(on, kind, size, records, place, cache, Untyped::Clearing::whole);
}

HANDLE(UntypedRetypeUnread, abi::Word size, abi::CapAddress records, abi::Place place,
       abi::Cache cache) {
    return retype(on, abi::Kind::memory, size, records, place, cache, Untyped::Clearing::reused);
}

HANDLE(UntypedClear) { return on.object.clear_ahead(on.object.bytes()); }

} // namespace kernel
