#pragma once
// What a handler is given: who calls, and the object the call is made on, looked up by kind and
// rights.

#include <kernel/call/again.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/object/objects.hpp>

#include <abi/calls.hpp>

#include <cstring>

namespace kernel {

template <abi::Kind K, KernelObject First, KernelObject... Rest>
consteval auto type_of_kind(ObjectList<First, Rest...>) {
    if constexpr (First::static_kind == K)
        return std::type_identity<First>{};
    else
        return type_of_kind<K>(ObjectList<Rest...>{});
}

/// The class of the objects of kind K.
template <abi::Kind K> using ObjectOfKind = typename decltype(type_of_kind<K>(Objects{}))::type;

template <abi::Kind K> struct Target {
    Thread& self;
    CapPool& pool; ///< the caller's
    Slot& slot;    ///< of the capability that the call was made through
    ObjectOfKind<K>& object;
};

/// Calls on the calling thread itself.
template <> struct Target<abi::Kind::none> {
    Thread& self;
};

/// A further capability that a call names, with kind and rights.
template <KernelObject T> struct Found {
    Slot* slot = nullptr;
    T* object = nullptr;
};

/// The slot that an address names, whatever it holds.
inline base::Result<Slot*> find_slot(CapPool& pool, abi::CapAddress address) {
    auto* const slot = pool.find(address);
    if (!slot) [[unlikely]]
        return base::fail(pool.why_not(address));
    return slot;
}

template <KernelObject T>
base::Result<Found<T>> find(CapPool& pool, abi::CapAddress address, typename T::Rights rights) {
    auto* const slot = TRY(find_slot(pool, address));
    auto const difference =
        static_cast<std::uint32_t>(slot->kind) ^ static_cast<std::uint32_t>(T::static_kind);
    if (difference != 0) return base::fail(abi::Error::wrong_kind);
    if (!abi::covers(slot->rights, rights)) return base::fail(abi::Error::no_rights);
    return Found<T>{slot, static_cast<T*>(arch::checked_pointer(slot->object, difference))};
}

/// The same, where an empty address stands for nothing: then both are null.
template <KernelObject T>
base::Result<Found<T>> find_or_none(CapPool& pool, abi::CapAddress address,
                                    typename T::Rights rights) {
    if (!address) return Found<T>{};
    return find<T>(pool, address, rights);
}

/// An empty slot for a new capability.
inline base::Result<Slot*> find_place(CapPool& pool, std::uint16_t number) {
    auto* const slot = pool.slot(number);
    // Slot 0 stays empty, so that a zero address never names anything.
    if (!slot || number == 0) return base::fail(abi::Error::out_of_range);
    if (!slot->empty()) return base::fail(abi::Error::slot_occupied);
    return slot;
}

inline base::Result<Slot*> find_place(CapPool& own, abi::Place place) {
    if (!place.pool) return find_place(own, place.slot);
    auto const pool = TRY(find<CapPool>(own, place.pool, abi::CapPoolRights::fill));
    return find_place(*pool.object, place.slot);
}

/// Empty a slot that is part of an object, or come back to go on.
inline base::Result<> empty(Slot& slot) {
    unsigned budget = teardown::step_budget;
    if (!teardown::remove(slot, budget)) return base::fail(again);
    return {};
}

/// The end of a call that has made objects die: they are taken apart, by the same caller.
inline base::Result<> reap(unsigned& budget) {
    if (!teardown::reap(budget)) return base::fail(again_as_reap);
    return {};
}

/// Point what an object holds on to at another capability (null: at none), once it can be emptied.
/// It keeps that one's data, or `data` if there is none.
inline base::Result<> rebind(Reference& reference, Slot* source, std::uint64_t data = 0) {
    if (source) TRY(derivation::derivable(*source));
    TRY(empty(reference));
    if (source)
        derivation::derive(reference, *source, source->rights, source->data ? source->data : data);
    return {};
}

/// A number that has 32 bits: a line, a device.
inline base::Result<std::uint32_t> narrow(abi::Word word) {
    if (word > ~std::uint32_t{0}) return base::fail(abi::Error::out_of_range);
    return static_cast<std::uint32_t>(word);
}

/// The thread's message page, or the error that it has none.
inline base::Result<abi::MessagePage*> message_page(Thread& thread) {
    if (!thread.message_page) return base::fail(abi::Error::no_message_page);
    return thread.message_page;
}

/// Write what a call has to tell into the caller's message page.
template <class Info> base::Result<> tell(Thread& caller, Info const& info) {
    auto* const page = TRY(message_page(caller));
    static_assert(sizeof info <= sizeof page->text);
    std::memcpy(page->text, &info, sizeof info);
    return {};
}

} // namespace kernel
