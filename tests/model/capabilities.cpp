// Capabilities: what may be derived, what a deletion takes along, and when an object dies.

#include <tests/model/rules.hpp>

#include <bit>

namespace model {

Cap Rules::in(Id holder, std::uint8_t place) const {
    for (Cap i = 1; i < most_caps; i++)
        if (auto const& one = state_.caps[i];
            one.object && one.holder == holder && one.place == place)
            return i;
    return 0;
}

bool Rules::being_revoked(Cap number) const {
    for (auto up = state_.caps[number].parent; up; up = state_.caps[up].parent)
        if (state_.caps[up].revoking) return true;
    return false;
}

bool Rules::childless(Cap number) const {
    for (auto const& other : state_.caps)
        if (other.object && other.parent == number) return false;
    return true;
}

bool Rules::below(Cap number, Cap root) const {
    for (auto up = state_.caps[number].parent; up; up = state_.caps[up].parent)
        if (up == root) return true;
    return false;
}

Cap Rules::add(Id object, Id holder, std::uint8_t place, RightsMask rights, Word data, Cap parent) {
    Cap number = 1;
    while (cap(number).object) number++;
    cap(number) = {object, holder, place, rights, parent, 0, data};
    return number;
}

/// A new object in the memory of `home`.
Id Rules::make(Kind kind, Id home) {
    Id id = 1;
    while (at(id).kind != Kind::none) id++;
    at(id) = {.kind = kind, .home = home};
    auto cost = costs_.object[static_cast<std::size_t>(kind)];
    if (kind == Kind::cap_pool) cost += costs_.pool_segment;
    if (kind == Kind::address_space) cost += costs_.table;
    if (home) at(home).used += cost;
    return id;
}

// ---- deriving ----------------------------------------------------------------------------------

Result<Word> Rules::retype(Cap source, Kind kind, Word size, Id payer, Id pool, std::uint8_t slot) {
    auto const from = cap(source).object;
    auto const extent = kind == Kind::memory || kind == Kind::untyped;
    if (!extent && (size != 0 || payer != from)) return std::unexpected(Error::bad_argument);
    if (kind == Kind::memory) {
        if (size == 0) return std::unexpected(Error::bad_argument);
        if (size % abi::page_bytes != 0) return std::unexpected(Error::misaligned);
    } else if (kind == Kind::untyped) {
        if (size < abi::page_bytes || !std::has_single_bit(size))
            return std::unexpected(Error::misaligned);
    }
    // A range that is in use may be in pieces: then more may be refused than its size explains.
    auto const need = costs_.object[static_cast<std::size_t>(kind)];
    auto const fits = [&](Id untyped, Word bytes) {
        return bytes <= at(untyped).bytes - at(untyped).used;
    };
    auto const enough = !extent         ? fits(from, need)
                        : payer == from ? fits(from, size + need)
                                        : fits(from, size) && fits(payer, need);
    if (!enough) return std::unexpected(Error::no_memory);
    may_lack_ = at(from).used > 0 || at(payer).used > 0 || (extent && payer == from);
    if (may_lack_ && pieces_ != Pieces::none) {
        auto const first = pieces_ == Pieces::until_reaped && state_.dying_count > 0;
        if (first || pieces_ == Pieces::always) return std::unexpected(Error::no_memory);
    }
    auto const made = make(kind, extent ? payer : from);
    if (extent) {
        at(made).range = from;
        at(made).bytes = static_cast<std::uint32_t>(size);
        at(from).used += static_cast<std::uint32_t>(size);
    }
    // The ceiling of priority comes down from the Untyped.
    auto const ceiling = kind == Kind::thread || kind == Kind::untyped;
    auto const data = kind == Kind::memory ? size / abi::page_bytes << 32
                      : ceiling            ? cap(source).data
                                           : Word{0};
    // Only the Untypeds of the boot let anybody read what was never given out.
    RightsMask rights = abi::all_rights;
    if (kind == Kind::untyped) {
        constexpr auto time = abi::mask(abi::UntypedRights::time);
        rights &= static_cast<RightsMask>(~abi::mask(abi::UntypedRights::unread));
        rights &= static_cast<RightsMask>(cap(source).rights | ~time);
    }
    add(made, pool, slot, rights, data, source);
    return slot;
}

/// What a minted capability carries: narrower than its source, never wider.
Result<Word> Rules::narrowed(Cap source, Word first, Word second) {
    auto const data = cap(source).data;
    switch (at(cap(source).object).kind) {
    case Kind::endpoint:
    case Kind::notification:
        if (data != 0) return std::unexpected(Error::no_rights);
        return first;
    case Kind::memory: {
        auto const begin = data & 0xffff'ffff, count = data >> 32;
        if (second == 0) return std::unexpected(Error::bad_argument);
        if (first > count || second > count - first) return std::unexpected(Error::out_of_range);
        return (begin + first) | second << 32;
    }
    case Kind::untyped:
    case Kind::thread:
        if (first > data) return std::unexpected(Error::no_rights);
        return first;
    default: return std::unexpected(Error::wrong_kind);
    }
}

Result<Word> Rules::derive(Id self, Id pool, Word slot, Word source_slot, RightsMask rights,
                           bool mint, Word first, Word second) {
    auto const source = in(pool_of(self), static_cast<std::uint8_t>(source_slot));
    if (!source) return std::unexpected(Error::bad_capability);
    auto const to = find_place(pool, slot);
    if (!to) return std::unexpected(to.error());
    if (!derivable(source)) return std::unexpected(Error::revoked);
    auto data = cap(source).data;
    if (mint) {
        auto const narrow = narrowed(source, first, second);
        if (!narrow) return narrow;
        data = *narrow;
    }
    auto const kept = static_cast<RightsMask>(cap(source).rights & rights);
    add(cap(source).object, to->first, to->second, kept, data, source);
    return slot;
}

Result<Word> Rules::move(Id self, Id pool, Word slot, Word source_slot) {
    auto const source = in(pool_of(self), static_cast<std::uint8_t>(source_slot));
    if (!source) return std::unexpected(Error::bad_capability);
    auto const to = find_place(pool, slot);
    if (!to) return std::unexpected(to.error());
    if (cap(source).revoking) return std::unexpected(Error::revoked);
    no_longer_sent(cap(source));
    cap(source).holder = to->first;
    cap(source).place = to->second;
    return slot;
}

// ---- taking away -------------------------------------------------------------------------------

/// A capability goes. What was derived from it hangs below its parent; what held it loses it.
void Rules::remove(Cap gone) {
    if (!gone) return;
    auto const was = cap(gone);
    auto& holder = at(was.holder);
    if (holder.kind == Kind::process && was.place == place::space) {
        end_process(was.holder, static_cast<Word>(Error::revoked));
    } else if (holder.kind == Kind::address_space) {
        forget_attachment(was.holder, was.place);
    }
    for (auto& one : state_.caps)
        if (one.object && one.parent == gone) one.parent = was.parent;
    no_longer_sent(was);
    cap(gone) = {};
    let_die(was.object);
    if (holder.kind == Kind::address_space) give_back(holder.home, costs_.attachment);
    if (holder.kind == Kind::interrupt) lose_notification(was.holder);
}

/// A message that waits to be received carries only what still lies where its sender named it.
void Rules::no_longer_sent(Capability const& gone) {
    each(Kind::thread, [&](Id thread) {
        if (at(thread).sends_cap == gone.place && pool_of(thread) == gone.holder)
            at(thread).sends_cap = 0;
    });
}

/// Everything that was derived goes, leaves first.
void Rules::revoke(Cap root) {
    for (bool found = true; found;) {
        found = false;
        for (Cap i = 1; i < most_caps && !found; i++) {
            if (!cap(i).object || !below(i, root) || !childless(i)) continue;
            remove(i);
            found = true;
        }
    }
    cap(root).revoking = 0;
}

void Rules::leave_revoke(Id thread) {
    for (auto& one : state_.caps)
        if (one.revoking == thread) one.revoking = 0;
}

Cap Rules::named_by_teardown(Action const& action) {
    if (action.call == abi::SpaceDetach::number) {
        auto const space = find(action.thread, action.target, Kind::address_space, 0);
        return space ? in(cap(*space).object, static_cast<std::uint8_t>(action.arguments[0])) : 0;
    }
    if (action.call != abi::PoolDelete::number && action.call != abi::PoolRevoke::number) return 0;
    auto const pool = find(action.thread, action.target, Kind::cap_pool, 0);
    return pool ? in(cap(*pool).object, static_cast<std::uint8_t>(action.arguments[0])) : 0;
}

bool Rules::only_reaping_left(Action const& action) {
    auto const named = named_by_teardown(action);
    return !named ||
           (action.call == abi::PoolRevoke::number && childless(named) && !cap(named).revoking);
}

/// Small steps: one page of an attachment that goes is unmapped; a child is lifted to its parent's
/// parent, or a capability without children goes; the first of those that die is taken apart.
bool Rules::small_step(Action const& action, unsigned choice) {
    auto const chosen = [&] { return choice-- == 0; };
    auto const go = [&](Cap gone) {
        auto const it = cap(gone);
        bool mapped = false;
        if (at(it.holder).kind == Kind::address_space)
            for (Word page = 0; page < most_pages; page++)
                if (state_.pages[at(it.holder).area][page].attachment == it.place) {
                    mapped = true;
                    if (!chosen()) continue;
                    unmap(it.holder, page, 1);
                    return true;
                }
        if (mapped) return false;
        for (Cap i = 1; i < most_caps; i++)
            if (cap(i).object && cap(i).parent == gone && chosen()) {
                cap(i).parent = it.parent;
                return true;
            }
        if (!childless(gone) || !chosen()) return false;
        remove(gone);
        return true;
    };
    if (auto const named = at(action.thread).only_reaps ? Cap{0} : named_by_teardown(action)) {
        if (action.call != abi::PoolRevoke::number) {
            if (go(named)) return true;
        } else if (cap(named).revoking != action.thread) {
            if (chosen()) {
                leave_revoke(action.thread);
                return cap(named).revoking = action.thread;
            }
        } else {
            for (Cap i = 1; i < most_caps; i++)
                if (cap(i).object && below(i, named) && childless(i) && go(i)) return true;
            if (childless(named) && chosen()) {
                cap(named).revoking = 0;
                return true;
            }
        }
    }
    if (state_.dying_count == 0 || !chosen()) return false;
    if (auto& first = at(state_.dying[0]); first.kind != Kind::endpoint)
        reap_first();
    else if (!first.callers.empty())
        finish(first.callers.ids[0], Error::not_received);
    else if (!first.receivers.empty())
        finish(first.receivers.ids[0], Error::cancelled);
    else
        reap_first();
    return true;
}

/// An object holds on to what `source` names instead of what it held, with its data or, if it has
/// none, with `data`.
void Rules::replace(Id holder, std::uint8_t place, Cap source, Word data) {
    remove(in(holder, place));
    if (source) {
        auto const from = cap(source);
        add(from.object, holder, place, from.rights, from.data ? from.data : data, source);
    }
}

// ---- life and death ----------------------------------------------------------------------------

bool Rules::has_caps(Id object) const {
    for (auto const& one : state_.caps)
        if (one.object == object) return true;
    return false;
}

/// An object without a capability dies; an Untyped not before all that was made of it.
void Rules::let_die(Id object) {
    if (!at(object).home || has_caps(object)) return;
    if (at(object).kind == Kind::untyped && at(object).used != 0) return;
    for (std::uint8_t i = 0; i < state_.dying_count; i++)
        if (state_.dying[i] == object) return;
    state_.dying.at(state_.dying_count++) = object;
}

void Rules::give_back(Id untyped, std::uint32_t bytes) {
    at(untyped).used -= bytes;
    if (at(untyped).used == 0) let_die(untyped);
}

void Rules::reap() {
    while (state_.dying_count > 0) reap_first();
}

void Rules::reap_first() {
    auto const object = state_.dying[0];
    destroy(object);
    for (std::uint8_t i = 1; i < state_.dying.size(); i++) state_.dying[i - 1u] = state_.dying[i];
    state_.dying.back() = 0;
    state_.dying_count--;
    auto const home = at(object).home;
    auto const cost = costs_.object[static_cast<std::size_t>(at(object).kind)];
    at(object) = {};
    give_back(home, cost);
}

void Rules::destroy(Id id) {
    auto& object = at(id);
    auto const empty = [&] {
        for (Cap i = 1; i < most_caps; i++)
            if (cap(i).object && cap(i).holder == id) remove(i);
    };
    switch (object.kind) {
    case Kind::untyped:
    case Kind::memory: give_back(object.range, object.bytes); break;
    case Kind::cap_pool:
        empty();
        give_back(object.home, costs_.pool_segment);
        break;
    case Kind::process:
        end_process(id, static_cast<Word>(Error::cancelled));
        each(Kind::thread, [&](Id thread) {
            if (at(thread).process == id) at(thread).process = 0;
        });
        take_apart(id);
        remove(in(id, place::end_notification));
        break;
    case Kind::thread:
        end_thread(id);
        if (object.bound) at(object.bound).bound = 0;
        object.bound = object.process = 0;
        bind_context(id, 0);
        empty();
        break;
    case Kind::address_space: {
        empty();
        auto const before = tables(id);
        state_.pages[object.area] = {};
        settle_tables(id, before);
        if (object.bits) give_back(object.home, costs_.directory);
        give_back(object.home, costs_.table);
        break;
    }
    case Kind::endpoint:
        while (!object.callers.empty()) finish(object.callers.ids[0], Error::not_received);
        while (!object.receivers.empty()) finish(object.receivers.ids[0], Error::cancelled);
        break;
    case Kind::reply:
        if (object.caller) finish(object.caller, Error::server_died);
        if (object.receiver) finish(object.receiver, Error::cancelled);
        break;
    case Kind::notification:
        if (object.bound) at(object.bound).bound = 0;
        while (!object.receivers.empty()) finish(object.receivers.ids[0], Error::cancelled);
        break;
    case Kind::timer: remove(in(id, place::notification)); break;
    case Kind::interrupt: {
        remove(in(id, place::notification));
        auto const line = object.line;
        object = {.kind = object.kind, .home = object.home, .line = no_line};
        settle(line);
        break;
    }
    case Kind::sched_context:
        take_back(id, 0);
        if (object.owner) at(object.owner).own_context = 0;
        break;
    default: break;
    }
}

} // namespace model
