// Threads and what they wait for: messages, signals, keepers, lent time.

#include <tests/model/rules.hpp>

namespace model {

using State_ = abi::ThreadState;

namespace {
/// What a thread says, so that it needs no memory: word 0 of its messages, the argument of its
/// calls.
Word word_of(Id thread) { return 0x100u + thread; }
} // namespace

bool Rules::runnable(Id thread) const {
    auto const& it = state_.objects[thread];
    return it.state == State_::ready && it.context && !state_.objects[it.context].used_up &&
           !it.held;
}

Id Rules::best() const {
    Id found = 0;
    for (Id id = 1; id < most_objects; id++)
        if (state_.objects[id].kind == Kind::thread && runnable(id) &&
            (!found || state_.objects[id].priority > state_.objects[found].priority))
            found = id;
    return found;
}

bool Rules::waits(Id thread) const {
    auto const state = state_.objects[thread].state;
    return state == State_::calling || state == State_::awaiting || state == State_::receiving ||
           state == State_::waiting;
}

/// A fault, a foreign call, a kick or the end of its time is with its keeper.
bool Rules::waits_for_keeper(Id thread) const {
    auto const& it = state_.objects[thread];
    return (it.state == State_::calling || it.state == State_::awaiting) &&
           it.sending != Sending::call && it.sending != Sending::send;
}

// ---- waiting and going on ----------------------------------------------------------------------

void Rules::leave_wait(Id thread) {
    auto& it = at(thread);
    switch (it.state) {
    case State_::calling: at(it.waits_at).callers.drop(thread); break;
    case State_::waiting: at(it.waits_at).receivers.drop(thread); break;
    case State_::receiving:
        at(it.waits_at).receivers.drop(thread);
        at(it.reply).receiver = 0;
        break;
    case State_::awaiting:
        if (auto const context = at(it.reply).lent) {
            take_back(context, it.reply);
            it.context = context;
            at(context).user = thread;
        }
        at(it.reply).caller = 0;
        break;
    default: break;
    }
    it.deadline = 0;
    it.waits_at = it.reply = 0;
    it.waits_for_server = false;
    it.sends_cap = 0;
    it.badge = 0;
    it.sending = Sending::call;
}

void Rules::finish(Id thread, Error why) {
    auto const kept = waits_for_keeper(thread);
    auto const told_of_timeout = at(thread).sending == Sending::timeout;
    leave_wait(thread);
    if (kept && told_of_timeout) return run(thread);
    if (kept) return lose_keeper(thread);
    error(thread, why);
    run(thread);
}

void Rules::run(Id thread) {
    auto& it = at(thread);
    it.state = State_::ready;
    if (it.kicked && it.foreign && !it.held) to_keeper(thread, Sending::kicked);
}

void Rules::suspend(Id thread) {
    if (waits(thread)) {
        auto& it = at(thread);
        if (!waits_for_keeper(thread))
            error(thread, Error::cancelled);
        else if (it.sending == Sending::kicked && it.state == State_::calling)
            it.kicked = true;
        leave_wait(thread);
    }
    leave_revoke(thread);
    at(thread).state = State_::suspended;
}

void Rules::kick(Id thread) {
    auto& it = at(thread);
    if (!it.foreign) {
        if (waits(thread) && !waits_for_keeper(thread)) finish(thread, Error::cancelled);
        return;
    }
    if (it.state == State_::ended) return;
    it.kicked = true;
    if (it.state == State_::ready && !it.held) run(thread);
}

void Rules::end_thread(Id thread) {
    if (at(thread).state == State_::ended) return;
    leave_wait(thread);
    return_lent(thread);
    leave_revoke(thread);
    at(thread).state = State_::ended;
}

void Rules::lose_keeper(Id thread) {
    at(thread).state = State_::keeper_lost;
    auto const process = at(thread).process;
    if (process) signal_by(process, place::end_notification);
}

// ---- processes ---------------------------------------------------------------------------------

void Rules::end_process(Id process, Word code) {
    auto& it = at(process);
    if (it.life == abi::ProcessState::ended) return;
    it.life = abi::ProcessState::ended;
    it.exit_code = code;
    each(Kind::thread, [&](Id thread) {
        if (at(thread).process == process) end_thread(thread);
    });
    // Nobody waits for the dead: who was received hears one thing, who was not another.
    each(Kind::reply, [&](Id reply) {
        if (at(reply).process != process) return;
        if (at(reply).caller) finish(at(reply).caller, Error::server_died);
        at(reply).process = 0;
    });
    each(Kind::endpoint, [&](Id endpoint) {
        if (at(endpoint).process == process) lose_server(endpoint);
    });
    signal_by(process, place::end_notification);
}

void Rules::take_apart(Id process) {
    if (auto const pool = in(process, place::pool)) {
        auto const emptied = cap(pool).object;
        for (Cap i = 1; i < most_caps; i++)
            if (cap(i).object && cap(i).holder == emptied) remove(i);
    }
    remove(in(process, place::pool));
    remove(in(process, place::space));
}

void Rules::lose_server(Id endpoint) {
    at(endpoint).process = 0;
    auto const line = at(endpoint).callers;
    for (std::uint8_t i = 0; i < line.count; i++) {
        auto const caller = line.ids[i];
        if (!at(caller).waits_for_server && !waits_for_keeper(caller))
            finish(caller, Error::not_received);
    }
}

void Rules::serve(Id endpoint, Id process) { at(endpoint).process = process; }

// ---- messages ----------------------------------------------------------------------------------

Done Rules::send(Id self, Cap through, Sending how, Action const& action) {
    abi::MessageTag const tag{action.tag};
    auto const endpoint = cap(through).object;
    if (tag.caps() > 0) {
        if (!abi::covers(cap(through).rights, abi::EndpointRights::grant))
            return std::unexpected(Error::no_rights);
        auto const sent = in(pool_of(self), action.sent_cap);
        if (!sent) return std::unexpected(Error::bad_capability);
        if (!derivable(sent)) return std::unexpected(Error::revoked);
    }
    auto const patient = tag.has(abi::MessageTag::flag_wait_for_server);
    if (!at(endpoint).process && at(endpoint).receivers.empty() && !patient)
        return std::unexpected(Error::not_received);
    auto& it = at(self);
    it.sending = how;
    it.badge = cap(through).data;
    it.waits_for_server = patient;
    it.sends_cap = tag.caps() > 0 ? action.sent_cap : 0;
    offer(self, endpoint, action.deadline);
    return {};
}

/// Meet the first that receives, or queue.
void Rules::offer(Id sender, Id endpoint, std::uint8_t deadline) {
    if (!at(endpoint).receivers.empty()) {
        auto const receiver = at(endpoint).receivers.ids[0];
        auto const reply = at(receiver).reply;
        leave_wait(receiver);
        at(receiver).reply = reply;
        return meet(sender, receiver);
    }
    at(sender).state = State_::calling;
    at(sender).waits_at = endpoint;
    at(sender).deadline = deadline;
    at(endpoint).callers.push(sender);
}

void Rules::meet(Id sender, Id receiver) {
    auto& from = at(sender);
    auto const reply = at(receiver).reply;
    at(receiver).reply = 0;
    deliver(sender, receiver, from.badge, from.sends_cap);
    at(receiver).state = State_::ready;
    from.waits_for_server = false;
    from.sends_cap = 0;
    from.badge = 0;
    if (from.sending == Sending::send) {
        from.sending = Sending::call;
        from.state = State_::ready;
        error(sender, Error::ok);
        return;
    }
    from.state = State_::awaiting;
    from.reply = reply;
    at(reply).caller = sender;
    lend(sender, receiver, reply);
}

void Rules::deliver(Id sender, Id receiver, Word badge, std::uint8_t sent_cap) {
    auto const kind = [&] {
        switch (at(sender).sending) {
        case Sending::foreign: return abi::MessageKind::foreign_call;
        case Sending::page_fault: return abi::MessageKind::page_fault;
        case Sending::exception: return abi::MessageKind::exception;
        case Sending::kicked: return abi::MessageKind::kicked;
        case Sending::timeout: return abi::MessageKind::timeout;
        default: return abi::MessageKind::message;
        }
    }();
    events_.add({.what = Event::What::message,
                 .thread = receiver,
                 .value = kind == abi::MessageKind::kicked    ? 0
                          : kind == abi::MessageKind::timeout ? at(at(sender).context).deadline
                                                              : word_of(sender),
                 .kind = kind,
                 .badge = badge,
                 .caps = transfer(sender, receiver, sent_cap)});
}

/// A copy of the sender's capability in the slot that the receiver has named, if it is empty.
std::uint8_t Rules::transfer(Id sender, Id receiver, std::uint8_t sent_cap) {
    if (!sent_cap) return 0;
    auto const source = in(pool_of(sender), sent_cap);
    auto const to = pool_of(receiver);
    if (!source || !derivable(source) || !to || in(to, receive_slot)) return 0;
    add(cap(source).object, to, receive_slot, cap(source).rights, cap(source).data, source);
    return 1;
}

Result<Id> Rules::reply_named(Id self, Word slot) {
    auto const named = find(self, slot, Kind::reply, abi::mask(abi::ReplyRights::reply));
    if (!named) return std::unexpected(named.error());
    return cap(*named).object;
}

Done Rules::receive(Id self, Id endpoint, Id reply, std::uint8_t deadline) {
    if (at(reply).caller || at(reply).receiver) return std::unexpected(Error::bad_state);
    serve(endpoint, at(self).process);
    at(reply).process = at(self).process;
    if (auto const bound = at(self).bound; bound && at(bound).bits) {
        events_.add({.what = Event::What::message,
                     .thread = self,
                     .value = at(bound).bits,
                     .kind = abi::MessageKind::notification});
        at(bound).bits = 0;
        return {};
    }
    return_lent(self);
    if (!at(endpoint).callers.empty()) {
        auto const sender = at(endpoint).callers.ids[0];
        at(endpoint).callers.drop(sender);
        at(sender).deadline = 0;
        at(sender).waits_at = 0;
        at(self).reply = reply;
        meet(sender, self);
        return {};
    }
    at(self).reply = reply;
    at(reply).receiver = self;
    at(self).state = State_::receiving;
    at(self).waits_at = endpoint;
    at(self).deadline = deadline;
    at(endpoint).receivers.push(self);
    return {};
}

Done Rules::answer(Id self, Id reply, Action const& action) {
    abi::MessageTag const tag{action.tag};
    auto const caller = at(reply).caller;
    if (!caller) return std::unexpected(Error::bad_state);
    auto const kept = at(caller).sending != Sending::call;
    if (kept) {
        if (tag.caps() > 0) return std::unexpected(Error::bad_argument);
        if (at(caller).sending == Sending::foreign && tag.reply_kind() == abi::ReplyKind::result)
            events_.add({.what = Event::What::result, .thread = caller, .value = word_of(self)});
        if (tag.has(abi::MessageTag::flag_clear_kick)) at(caller).kicked = false;
        leave_wait(caller);
    } else {
        if (tag.reply_kind() != abi::ReplyKind::result) return std::unexpected(Error::bad_argument);
        if (tag.caps() > 0 && !in(pool_of(self), action.sent_cap))
            return std::unexpected(Error::bad_capability);
        leave_wait(caller);
        deliver(self, caller, 0, tag.caps() > 0 ? action.sent_cap : 0);
    }
    run(caller);
    return {};
}

void Rules::to_keeper(Id thread, Sending what) {
    auto const keeper = in(thread, place::keeper);
    if (!keeper) return lose_keeper(thread);
    if (what == Sending::kicked) at(thread).kicked = false;
    at(thread).sending = what;
    at(thread).badge = cap(keeper).data;
    offer(thread, cap(keeper).object);
}

// ---- signals -----------------------------------------------------------------------------------

void Rules::signal_by(Id holder, std::uint8_t place) {
    if (auto const target = in(holder, place)) signal(cap(target).object, cap(target).data);
}

void Rules::signal(Id notification, Word bits) {
    auto& it = at(notification);
    it.bits |= bits;
    if (!it.bits) return;
    auto const bound = it.bound && at(it.bound).state == State_::receiving ? it.bound : Id{0};
    auto const woken = bound ? bound : it.receivers.ids[0];
    if (!woken) return;
    leave_wait(woken);
    if (bound)
        events_.add({.what = Event::What::message,
                     .thread = woken,
                     .value = it.bits,
                     .kind = abi::MessageKind::notification});
    else
        events_.add({.what = Event::What::value, .thread = woken, .value = it.bits});
    it.bits = 0;
    run(woken);
}

void Rules::time_passes() {
    each(Kind::sched_context, [&](Id context) {
        if (at(context).deadline > 0) at(context).deadline--;
    });
    each(Kind::thread, [&](Id thread) {
        if (at(thread).quick) out_of_time(at(thread).context);
    });
    auto const spent = at(best()).context;
    // Timers first, then waits (the worlds have them so); two of a kind never end together.
    auto const ends = [&](Id id) { return at(id).deadline > 0 && --at(id).deadline == 0; };
    each(Kind::timer, [&](Id timer) {
        if (ends(timer)) signal_by(timer, place::notification);
    });
    each(Kind::thread, [&](Id thread) {
        if (ends(thread)) finish(thread, Error::timed_out);
    });
    each(Kind::sched_context, [&](Id context) {
        auto& it = at(context);
        if (it.period && it.deadline == 0) it.used_up = false;
    });
    if (!spent || !at(spent).period) return;
    // Its tick comes back a period after it began.
    at(spent).used_up = true;
    at(spent).deadline = static_cast<std::uint8_t>(at(spent).period - 1);
    out_of_time(spent);
}

/// Who is at work on it goes on with time of his own, or waits, and somebody hears of it.
void Rules::out_of_time(Id context) {
    auto const thread = at(context).user;
    if (!thread) return;
    if (at(thread).lent_by && at(thread).own_context) return return_lent(thread);
    auto const watcher = in(thread, place::timeout);
    if (!watcher || at(thread).state != State_::ready) return;
    at(thread).sending = Sending::timeout;
    at(thread).badge = cap(watcher).data;
    offer(thread, cap(watcher).object);
}

// ---- time that is lent -------------------------------------------------------------------------

/// A server without time works on its caller's.
void Rules::lend(Id caller, Id server, Id reply) {
    auto const context = at(caller).context;
    if (at(server).context || !context) return;
    at(server).context = context;
    at(server).lent_by = reply;
    at(context).user = server;
    at(reply).lent = context;
    at(caller).context = 0;
}

void Rules::use_own(Id thread) {
    auto& it = at(thread);
    if (it.context || !it.own_context) return;
    it.context = it.own_context;
    at(it.own_context).user = thread;
}

/// From whoever has it back to the caller that `until` holds; without one, to nobody.
void Rules::take_back(Id context, Id until) {
    auto thread = at(context).user;
    at(context).user = 0;
    if (!thread) return;
    at(thread).context = 0;
    while (auto const reply = at(thread).lent_by) {
        at(thread).lent_by = 0;
        at(reply).lent = 0;
        use_own(thread);
        if (reply == until) return;
        thread = at(reply).caller;
    }
}

void Rules::return_lent(Id thread) {
    auto& it = at(thread);
    if (!it.lent_by) return;
    auto const caller = at(it.lent_by).caller;
    at(it.lent_by).lent = 0;
    it.lent_by = 0;
    at(caller).context = it.context;
    at(it.context).user = caller;
    it.context = 0;
    use_own(thread);
}

void Rules::bind_context(Id thread, Id context) {
    if (auto const old = at(thread).own_context) {
        take_back(old, 0);
        at(old).owner = 0;
    }
    at(thread).own_context = context;
    if (!context) return;
    at(context).owner = thread;
    if (!at(thread).lent_by) use_own(thread);
}

} // namespace model
