// The calls by number: whose capability they need, and which rule they are.

#include <tests/model/rules.hpp>

namespace model {

Id Rules::pool_of(Id thread) const {
    auto const process = state_.objects[thread].process;
    auto const pool = process ? in(process, place::pool) : Cap{0};
    return state_.caps[pool].object;
}

Id Rules::space_of(Id thread) const {
    return state_.caps[in(state_.objects[thread].process, place::space)].object;
}

Result<Cap> Rules::find(Id self, Word slot, Kind kind, RightsMask rights) {
    auto const pool = pool_of(self);
    auto const found = pool ? in(pool, static_cast<std::uint8_t>(slot)) : Cap{0};
    if (!found) return std::unexpected(Error::bad_capability);
    if (at(cap(found).object).kind != kind) return std::unexpected(Error::wrong_kind);
    if (rights & ~cap(found).rights) return std::unexpected(Error::no_rights);
    return found;
}

Result<std::pair<Id, std::uint8_t>> Rules::find_place(Id pool, Word slot) {
    if (slot == 0 || slot >= abi::pool_segment_slots) return std::unexpected(Error::out_of_range);
    if (in(pool, static_cast<std::uint8_t>(slot))) return std::unexpected(Error::slot_occupied);
    return std::pair{pool, static_cast<std::uint8_t>(slot)};
}

Result<std::pair<Id, std::uint8_t>> Rules::find_place_word(Id self, Word place) {
    auto pool = pool_of(self);
    if (auto const slot = place >> 16) {
        auto const named = find(self, slot, Kind::cap_pool, abi::mask(abi::CapPoolRights::fill));
        if (!named) return std::unexpected(named.error());
        pool = cap(*named).object;
    }
    return find_place(pool, place & 0xffff);
}

void Rules::step(Action const& action) {
    switch (action.what) {
    case Action::What::time: return time_passes();
    case Action::What::interrupt: return fire(action.thread);
    case Action::What::foreign_call: return to_keeper(action.thread, Sending::foreign);
    case Action::What::page_fault: return to_keeper(action.thread, Sending::page_fault);
    case Action::What::call: {
        auto const now = at(action.thread).only_reaps
                             ? Action{.thread = action.thread, .call = abi::Reap::number}
                             : action;
        call(action.thread, now);
        at(action.thread).going_on = at(action.thread).only_reaps = 0;
    }
    }
}

void Rules::call(Id self, Action const& action) {
    auto result = outcome_of(self, action);
    // A call that goes on has the address of what was there when it began.
    if (!result && result.error() == Error::bad_capability && at(self).going_on)
        result = std::unexpected(Error::stale_capability);
    // Memory that is being taken apart may be what is missing.
    if (!result && result.error() == Error::no_memory && state_.dying_count > 0) {
        reap();
        // The caller may have been part of it.
        if (!runnable(self)) return;
        result = outcome_of(self, action);
    }
    if (at(self).kind != Kind::thread || at(self).state == abi::ThreadState::ended) return;
    if (!result)
        error(self, result.error());
    else if (*result)
        events_.add({.what = Event::What::value, .thread = self, .value = **result});
}

/// The value of a call; none if its handler has said all there is to say, or the caller waits.
Result<std::optional<Word>> Rules::outcome_of(Id self, Action const& action) {
    using namespace abi;
    auto const& a = action.arguments;
    auto const fail = [](Error why) { return std::unexpected(why); };
    std::optional<Word> const ok = Word{0}, nothing;
    Cap through = 0;
    Id object = 0;
    // TARGET(call): what the call is made on, with the rights that abi/calls.hpp asks for.
#define TARGET(C)                                                                                  \
    case C::number: {                                                                              \
        if (C::kind != Kind::none) {                                                               \
            if (action.stale) return fail(Error::stale_capability);                                \
            auto const target = find(self, action.target, C::kind, mask(C::need));                 \
            if (!target) return fail(target.error());                                              \
            through = *target;                                                                     \
            object = cap(through).object;                                                          \
        }
#define FIND(name, slot, kind_, right)                                                             \
    auto const name = find(self, slot, kind_, mask(right));                                        \
    if (!name) return fail(name.error())
#define FIND_OR_NONE(name, slot, kind_, right)                                                     \
    auto const name = slot ? find(self, slot, kind_, mask(right)) : Cap{0};                        \
    if (!name) return fail(name.error())
#define RULE(C, ...)                                                                               \
    TARGET(C) __VA_ARGS__                                                                          \
    }                                                                                              \
    break;

    switch (action.call) {
        RULE(Yield, return ok;)
        RULE(ThreadExit, end_thread(self); return nothing;)
        RULE(ProcessExit, end_process(at(self).process, a[0]); return nothing;)
        RULE(Reap, reap(); return still_there(self) ? ok : nothing;)

        RULE(UntypedRetype, {
            if (!derivable(through)) return fail(Error::revoked);
            auto const place = find_place_word(self, a[3]);
            if (!place) return fail(place.error());
            auto payer = object;
            if (a[2]) {
                FIND(records, a[2], Kind::untyped, UntypedRights::retype);
                payer = cap(*records).object;
            }
            return retype(through, static_cast<Kind>(a[0]), a[1], payer, place->first,
                          place->second);
        })

        RULE(UntypedRetypeUnread, {
            if (!derivable(through)) return fail(Error::revoked);
            auto const place = find_place_word(self, a[2]);
            if (!place) return fail(place.error());
            auto payer = object;
            if (a[1]) {
                FIND(records, a[1], Kind::untyped, UntypedRights::retype);
                payer = cap(*records).object;
            }
            return retype(through, Kind::memory, a[0], payer, place->first, place->second);
        })

        RULE(PoolCopy,
             return derive(self, object, a[0], a[1], static_cast<RightsMask>(a[2]), false, 0, 0);)
        RULE(PoolMint, return derive(self, object, a[0], a[1], static_cast<RightsMask>(a[2]), true,
                                     a[3], a[4]);)
        RULE(PoolMove, return move(self, object, a[0], a[1]);)
        RULE(PoolDelete, {
            auto const gone = in(object, static_cast<std::uint8_t>(a[0]));
            if (!gone) return fail(Error::bad_capability);
            remove(gone);
            reap();
            return still_there(self) ? ok : nothing;
        })
        RULE(PoolRevoke, {
            auto const root = in(object, static_cast<std::uint8_t>(a[0]));
            if (!root) return fail(Error::bad_capability);
            revoke(root);
            reap();
            return still_there(self) ? ok : nothing;
        })

        RULE(ProcessStart, {
            if (at(object).life == ProcessState::ended || !in(object, place::space))
                return fail(Error::bad_state);
            at(object).life = ProcessState::running;
            each(Kind::thread, [&](Id thread) {
                if (at(thread).process != object) return;
                at(thread).held = false;
                if (at(thread).state == ThreadState::ready) run(thread);
            });
            return ok;
        })
        RULE(ProcessStop, {
            if (at(object).life == ProcessState::ended) return fail(Error::bad_state);
            at(object).life = ProcessState::stopped;
            each(Kind::thread, [&](Id thread) {
                if (at(thread).process != object) return;
                at(thread).held = true;
                leave_revoke(thread);
            });
            return ok;
        })
        RULE(ProcessKill, {
            auto const own = at(self).process == object;
            end_process(object, a[0]);
            if (own) return nothing;
            take_apart(object);
            reap();
            return still_there(self) ? ok : nothing;
        })
        RULE(ProcessBindEnd, {
            FIND(target, a[0], Kind::notification, NotificationRights::signal);
            replace(object, place::end_notification, *target, a[1]);
            if (at(object).life == ProcessState::ended) signal_by(object, place::end_notification);
            return ok;
        })

        RULE(ThreadConfigure, {
            if (at(object).state != ThreadState::fresh || at(object).process)
                return fail(Error::bad_state);
            FIND(process, a[0], Kind::process, ProcessRights::configure);
            auto const to = cap(*process).object;
            if (at(to).life == ProcessState::ended || !in(to, place::space))
                return fail(Error::bad_state);
            if (a[1]) {
                FIND(memory, a[1], Kind::memory, rights(MemoryRights::read, MemoryRights::write));
                if (a[2] >= cap(*memory).data >> 32) return fail(Error::out_of_range);
                replace(object, place::message_page, *memory);
            }
            at(object).process = to;
            at(object).held = at(to).life != ProcessState::running;
            return ok;
        })
        RULE(ThreadSetKeeper, {
            FIND_OR_NONE(endpoint, a[0], Kind::endpoint, EndpointRights::send);
            replace(object, place::keeper, *endpoint);
            return ok;
        })
        RULE(ThreadSetTimeout, {
            FIND_OR_NONE(endpoint, a[0], Kind::endpoint, EndpointRights::send);
            replace(object, place::timeout, *endpoint);
            return ok;
        })
        RULE(ThreadSetPriority, {
            if (a[0] > 255) return fail(Error::bad_argument);
            if (a[0] > cap(through).data) return fail(Error::no_rights);
            at(object).priority = static_cast<std::uint8_t>(a[0]);
            return ok;
        })
        RULE(ThreadBindNotification, {
            Id fresh = 0;
            if (a[0]) {
                FIND(named, a[0], Kind::notification, NotificationRights::wait);
                fresh = cap(*named).object;
                if (at(fresh).bound && at(fresh).bound != object) return fail(Error::already_bound);
            }
            if (at(object).bound) at(at(object).bound).bound = 0;
            at(object).bound = fresh;
            if (fresh) {
                at(fresh).bound = object;
                signal(fresh, 0);
            }
            return ok;
        })
        RULE(ThreadBindContext, {
            Id fresh = 0;
            if (a[0]) {
                FIND(named, a[0], Kind::sched_context, SchedContextRights::bind);
                fresh = cap(*named).object;
                if (at(fresh).owner && at(fresh).owner != object) return fail(Error::already_bound);
            }
            if (fresh != at(object).own_context) bind_context(object, fresh);
            return ok;
        })
        RULE(ThreadResume, {
            auto const state = at(object).state;
            if (!at(object).process ||
                (state != ThreadState::fresh && state != ThreadState::suspended &&
                 state != ThreadState::keeper_lost))
                return fail(Error::bad_state);
            run(object);
            return ok;
        })
        RULE(ThreadSuspend, {
            auto const state = at(object).state;
            if (state == ThreadState::ended || state == ThreadState::fresh)
                return fail(Error::bad_state);
            suspend(object);
            if (object == self) {
                error(self, Error::ok);
                return nothing;
            }
            return ok;
        })
        RULE(ThreadKick, kick(object); return ok;)

        RULE(SpaceAttach, {
            FIND(memory, a[0], Kind::memory, MemoryRights::none);
            if (!derivable(*memory)) return fail(Error::revoked);
            return attach(object, *memory, a[1]);
        })
        RULE(SpaceDetach, {
            auto const gone = in(object, static_cast<std::uint8_t>(a[0]));
            if (!gone) return fail(Error::not_attached);
            remove(gone);
            return ok;
        })
        RULE(SpaceMap, return map(object, a[0], a[1], a[2], a[3], static_cast<Protection>(a[4]),
                                  static_cast<RunOperation>(a[5]));)
        RULE(SpaceUnmap, unmap(object, a[0], a[1]); return a[1];)
        RULE(SpaceProtect, {
            auto const done = protect(object, a[0], a[1], static_cast<Protection>(a[2]));
            if (!done) return fail(done.error());
            return done_;
        })
        RULE(SpaceCopyMappings, {
            FIND(source, a[0], Kind::address_space,
                 rights(AddressSpaceRights::map, AddressSpaceRights::inspect));
            if (cap(*source).object == object) return fail(Error::bad_argument);
            auto const done = copy(object, cap(*source).object, a[1], a[2], a[3] != 0);
            if (!done) return fail(done.error());
            return done_;
        })
        RULE(SpaceGuard, {
            auto const done = guard(object, a[0], a[1], a[2] != 0);
            if (!done) return fail(done.error());
            return done_;
        })

        RULE(EndpointCall, {
            auto const done = send(self, through, Sending::call, action);
            if (!done) return fail(done.error());
            return nothing;
        })
        RULE(EndpointSend, {
            auto const done = send(self, through, Sending::send, action);
            if (!done) return fail(done.error());
            return nothing;
        })
        RULE(EndpointReceive, {
            auto const reply = reply_named(self, action.reply);
            if (!reply) return fail(reply.error());
            auto const done = receive(self, object, *reply, action.deadline);
            if (!done) return fail(done.error());
            return nothing;
        })
        RULE(EndpointReplyReceive, {
            auto const reply = reply_named(self, action.reply);
            if (!reply) return fail(reply.error());
            if (at(*reply).receiver) return fail(Error::bad_state);
            if (at(*reply).caller)
                if (auto const done = answer(self, *reply, action); !done)
                    return fail(done.error());
            auto const done = receive(self, object, *reply, action.deadline);
            if (!done) return fail(done.error());
            return nothing;
        })
        RULE(ReplySend, {
            auto const done = answer(self, object, action);
            if (!done) return fail(done.error());
            return ok;
        })
        RULE(EndpointServe, {
            auto const process = at(self).process;
            if (at(object).process && at(object).process != process && a[0] == 0)
                return fail(Error::already_bound);
            serve(object, process);
            return ok;
        })

        RULE(NotificationSignal, {
            signal(object, cap(through).data ? cap(through).data : a[0]);
            return ok;
        })
        RULE(NotificationWait, {
            if (auto const bits = std::exchange(at(object).bits, 0)) return bits;
            return_lent(self);
            at(self).state = ThreadState::waiting;
            at(self).waits_at = object;
            at(self).deadline = static_cast<std::uint8_t>(a[0]);
            at(object).receivers.push(self);
            return nothing;
        })
        RULE(NotificationPoll, {
            if (!at(object).bits) return fail(Error::would_block);
            return std::exchange(at(object).bits, 0);
        })
        RULE(TimerArm, {
            FIND(target, a[1], Kind::notification, NotificationRights::signal);
            replace(object, place::notification, *target, a[2]);
            at(object).deadline = static_cast<std::uint8_t>(a[0]);
            return ok;
        })
        RULE(InterruptBind, {
            FIND(target, a[0], Kind::notification, NotificationRights::signal);
            if (!derivable(*target)) return fail(Error::revoked);
            if (in(object, place::notification)) return fail(Error::already_bound);
            replace(object, place::notification, *target, a[1]);
            settle(at(object).line);
            return ok;
        })
        RULE(InterruptAcknowledge, {
            at(object).pending = false;
            settle(at(object).line);
            return ok;
        })
        RULE(InterruptMask, {
            at(object).pending = listening(object);
            settle(at(object).line);
            return ok;
        })
        RULE(TimerCancel, at(object).deadline = 0; return ok;)
        RULE(SchedContextConfigure, {
            FIND(context, a[0], Kind::sched_context, SchedContextRights::none);
            auto& time = at(cap(*context).object);
            time.period = static_cast<std::uint8_t>(a[2]);
            time.used_up = false;
            time.deadline = 0;
            return ok;
        })
    default: return fail(Error::unknown_call);
    }
#undef TARGET
#undef FIND
#undef FIND_OR_NONE
#undef RULE
    return fail(Error::unknown_call);
}

} // namespace model
