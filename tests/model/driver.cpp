#include <tests/model/driver.hpp>

#include <kernel/sched/schedule.hpp>
#include <kernel/testing/invariants.hpp>

#include <format>

namespace model {

using namespace kernel;

Driver::Driver(kernel::testing::World& world)
    : world_(world), territory_(world), reading_(world), costs_(Reading::costs()),
      first_(reading_.discover()), state_(first_) {}

void Driver::save(Point& point) {
    arch::fake_machine.flushed.clear();
    point.snapshot.save(territory_);
    point.state = state_;
    point.pointers = reading_.pointers();
}

void Driver::restore(Point const& point) {
    point.snapshot.restore(territory_);
    state_ = point.state;
    if (reading_.pointers() != point.pointers) reading_.set_pointers(point.pointers);
}

bool Driver::possible(Action const& action) const {
    if (action.what == Action::What::time) return true;
    auto const& thread = state_.objects[action.thread];
    if (action.what == Action::What::interrupt) return thread.kind == Kind::interrupt;
    Events none;
    Rules const rules{const_cast<State&>(state_), costs_, none};
    return thread.kind == Kind::thread && rules.runnable(action.thread) &&
           (!thread.going_on || thread.going_on == action.number);
}

// ---- the kernel's side -------------------------------------------------------------------------

namespace {

Word deadline_after(Word ticks) { return ticks ? arch::fake_machine.tsc + ticks * tick_ns : 0; }

/// Which arguments are pages of the test area, or ticks.
Word translated(std::uint16_t call, unsigned position, Word word) {
    switch (call) {
    case abi::SpaceMap::number:
    case abi::SpaceCopyMappings::number: return position == 1 ? address_of(word) : word;
    case abi::SpaceUnmap::number:
    case abi::SpaceProtect::number:
    case abi::SpaceGuard::number: return position == 0 ? address_of(word) : word;
    case abi::NotificationWait::number: return deadline_after(word);
    case abi::SchedContextConfigure::number:
        // The timer comes a nanosecond after the end: at the end of a tick.
        return position == 0 || !word ? word : word * tick_ns - (position == 1);
    case abi::TimerArm::number:
        // In the middle of a tick: no Timer expires together with a wait.
        return position == 0 ? arch::fake_machine.tsc + word * tick_ns - tick_ns / 2 : word;
    default: return word;
    }
}

bool message_call(std::uint16_t call) {
    return call >= abi::EndpointCall::number && call <= abi::ReplySend::number;
}

template <class... C>
std::array<Word, 6> registers_of(abi::CallList<C...>, Action const& action, auto address) {
    std::array<Word, 6> words{};
    auto const fill = [&]<class One>() {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            auto const put = [&]<class T>(unsigned i) {
                auto const word = action.arguments[i];
                // Calls on a slot of another pool name it as its own addresses do.
                if constexpr (std::is_same_v<T, abi::CapAddress>)
                    words[i] = address(word, i).raw;
                else if constexpr (std::is_same_v<T, abi::Place>)
                    words[i] = abi::encode(
                        abi::Place{word >> 16 ? address(word >> 16, 9u) : abi::CapAddress{},
                                   static_cast<std::uint16_t>(word)});
                else
                    words[i] = translated(One::number, i, word);
            };
            (put.template operator()<std::tuple_element_t<I, typename One::Args>>(I), ...);
        }(std::make_index_sequence<std::tuple_size_v<typename One::Args>>{});
    };
    ((C::number == action.call ? fill.template operator()<C>() : void()), ...);
    return words;
}

} // namespace

void Driver::call(Thread& thread, Action const& action) {
    auto& own = *thread.process->pool();
    auto const named = [](CapPool& pool, Word slot) {
        return slot ? pool.slot(static_cast<std::uint16_t>(slot))
                          ->address(static_cast<std::uint16_t>(slot))
                    : abi::CapAddress{};
    };
    auto target = named(own, action.target);
    if (action.stale)
        target =
            abi::CapAddress{target.slot(), static_cast<std::uint16_t>(target.generation() - 1)};
    if (message_call(action.call)) {
        if (action.sent_cap && thread.message_page)
            thread.message_page->sent_caps[0] = named(own, action.sent_cap).raw;
        world_.set_message(thread, abi::call_word(action.call, target),
                           {.tag = abi::MessageTag{action.tag},
                            .words = {0x100u + action.thread},
                            .reply = named(own, action.reply),
                            .deadline = deadline_after(action.deadline)});
    } else {
        // Delete and revoke name slots of the pool they are made on.
        auto* pool = &own;
        if (action.call == abi::PoolDelete::number || action.call == abi::PoolRevoke::number)
            if (auto* const slot = own.find(target); slot && slot->object->kind == Kind::cap_pool)
                pool = static_cast<CapPool*>(slot->object);
        auto const words = registers_of(abi::Calls{}, action, [&](Word slot, unsigned position) {
            return named(position == 0 ? *pool : own, slot);
        });
        world_.set_call(thread, abi::call_word(action.call, target), words);
    }
    if (interrupts_)
        world_.enter_once(thread);
    else
        world_.enter(thread);
}

/// A processor that has seen every page it may use notices every flush that is forgotten.
void Driver::use_all_pages() {
    auto& machine = arch::fake_machine;
    machine.translations.clear();
    machine.ways_.clear();
    for (Word i = 0; i < most_pages; i++) machine.touch(address_of(i));
}

void Driver::act(Action const& action) {
    if (action.what == Action::What::time) {
        world_.advance(tick_ns);
        return;
    }
    if (action.what == Action::What::interrupt) {
        auto const& route = reading_.as<Interrupt>(action.thread).route();
        if (route.by_message())
            world_.interrupt_by_message(reading_.as<Interrupt>(action.thread).vector());
        else
            world_.interrupt(route.line);
        return;
    }
    auto& thread = reading_.as<Thread>(action.thread);
    world_.become(thread);
    use_all_pages();
    thread.frame.rip = kernel::testing::World::code;
    switch (action.what) {
    case Action::What::call:
        if (interrupts_) arch::step_budget = smallest_budget(action);
        if (state_.objects[action.thread].going_on)
            world_.enter_once(thread); // its registers are as it was left
        else
            call(thread, action);
        break;
    case Action::What::foreign_call:
        world_.foreign_call(thread, 1, {0x100u + action.thread});
        break;
    case Action::What::page_fault: world_.page_fault(thread, 0x100u + action.thread, 0); break;
    case Action::What::interrupt:
    case Action::What::time: break;
    }
}

Slot* Driver::slot_of(Cap cap, State const& state) const {
    auto const& it = state.caps[cap];
    auto* const holder = it.object ? reading_.object(it.holder) : nullptr;
    return holder && holder->kind == Kind::cap_pool ? static_cast<CapPool*>(holder)->slot(it.place)
                                                    : nullptr;
}

void Driver::note_addresses() {
    for (Cap i = 1; i < most_caps; i++) {
        auto* const slot = slot_of(i, state_);
        addresses_[i] = slot ? slot->address(state_.caps[i].place) : abi::CapAddress{};
    }
}

std::string Driver::old_addresses(State const& before, State const& after) const {
    for (Cap i = 1; i < most_caps; i++) {
        auto const& was = before.caps[i];
        auto const& is = after.caps[i];
        if (!addresses_[i] || (is.object && is.holder == was.holder && is.place == was.place))
            continue;
        auto* const pool = reading_.object(was.holder);
        if (pool &&
            static_cast<CapPool*>(pool)->slot(was.place)->generation == addresses_[i].generation())
            return std::format("the address of what was in slot {} is still good", was.place);
    }
    return {};
}

// ---- both --------------------------------------------------------------------------------------

std::string Driver::step(Action const& action, bool check) {
    if (check) note_addresses();
    act(action);
    for (unsigned times = 0; interrupted(action); times++) {
        auto const before = state_;
        std::string wrong;
        if (took_part(action, wrong)) return check ? after(before) : "";
        if (!wrong.empty()) return wrong;
        if (times == 100) return "an interrupted call makes no progress";
        act(action);
    }
    using enum Rules::Pieces;
    std::string wrong, difference;
    for (auto const pieces : {none, until_reaped, always}) {
        auto expected = state_;
        Events events;
        Rules rules{expected, costs_, events, pieces};
        rules.step(action);
        // A caller that ends itself leaves what is more than one step's teardown to others.
        auto const& caller = expected.objects[action.thread];
        if (action.thread && expected.dying_count == 0 &&
            (caller.kind != Kind::thread || caller.state == Thread::State::ended))
            world_.reap();
        auto const known = reading_.pointers();
        reading_.follow(expected);
        auto const now = compare(expected, events, action, difference);
        if (now.empty()) {
            auto const before = std::exchange(state_, expected);
            reading_.tell_apart(state_);
            return check ? after(before) : "";
        }
        if (wrong.empty()) wrong = now;
        reading_.set_pointers(known);
        if (!rules.may_lack()) break;
    }
    return wrong;
}

/// What else must hold after a step.
std::string Driver::after(State const& before) const {
    if (auto old = old_addresses(before, state_); !old.empty()) return old;
    if (arch::fake_machine.stale_translation())
        return "the processor remembers a page that has changed";
    return scheduling(state_);
}

/// One thing at a time. Reaping takes two: an object, and a piece of it.
unsigned Driver::smallest_budget(Action const& action) const {
    auto const removes = action.call == abi::PoolDelete::number ||
                         action.call == abi::PoolRevoke::number ||
                         action.call == abi::SpaceDetach::number;
    return removes && !state_.objects[action.thread].only_reaps ? 1 : 2;
}

/// The call stands at its instruction again: it wants to go on.
bool Driver::interrupted(Action const& action) const {
    return interrupts_ && action.what == Action::What::call &&
           reading_.as<Thread>(action.thread).frame.rip == kernel::testing::World::code;
}

/// Of a call that was interrupted the specification says which small steps it may have taken: one
/// of the states they lead to must be the kernel's. Where nothing is to be seen it goes on at once.
bool Driver::took_part(Action const& action, std::string& wrong) {
    struct Candidate {
        State state;
        Events events;
    };
    constexpr std::size_t most = 300;
    auto const& frame = reading_.as<Thread>(action.thread).frame;
    auto const reaps = action.call != abi::Reap::number &&
                       (frame.rax >> 32 & 0x7fff'ffff) == abi::Word{abi::Reap::number};
    auto const known = reading_.pointers();
    std::string difference;
    std::vector<Candidate> candidates{{state_, {}}};
    for (std::size_t i = 0; i < candidates.size() && candidates.size() < most; i++) {
        auto found = candidates[i].state;
        found.objects[action.thread].going_on = action.number;
        found.objects[action.thread].only_reaps = reaps;
        auto const begins_to_reap = reaps && !candidates[i].state.objects[action.thread].only_reaps;
        reading_.follow(found);
        if (compare(found, candidates[i].events, action, difference).empty() &&
            !(begins_to_reap &&
              !Rules{found, costs_, candidates[i].events}.only_reaping_left(action))) {
            state_ = found;
            reading_.tell_apart(state_);
            return i > 0;
        }
        reading_.set_pointers(known);
        for (unsigned choice = 0;; choice++) {
            auto next = candidates[i];
            if (!Rules{next.state, costs_, next.events}.small_step(action, choice)) break;
            candidates.push_back(next);
        }
    }
    wrong = "interrupted, and no small steps of the specification lead here:\n" + difference;
    return false;
}

std::string Driver::compare(State const& expected, Events const& events, Action const& action,
                            std::string& difference) {
    State found;
    if (!reading_.read(expected, found)) return reading_.surprise();
    if (!same(found, expected)) return difference = differences(expected, found);
    for (std::uint8_t i = 0; i < events.count; i++) {
        bool last = true;
        for (auto k = static_cast<std::uint8_t>(i + 1); k < events.count; k++)
            last &= events.list[k].thread != events.list[i].thread;
        if (auto wrong = registers(events.list[i], action); last && !wrong.empty()) return wrong;
    }
    return {};
}

std::string Driver::registers(Event const& event, Action const& action) const {
    auto const* const object = reading_.object(event.thread);
    if (!object || object->kind != Kind::thread) return {};
    auto const& thread = static_cast<Thread const&>(*object);
    if (thread.state == Thread::State::ended) return {};
    auto const& frame = thread.frame;
    auto const expect = [&](char const* what, Word wanted, Word is) {
        return wanted == is ? std::string{}
                            : std::format("thread {} has {:#x} as its {}, not {:#x}", event.thread,
                                          is, what, wanted);
    };
    switch (event.what) {
    case Event::What::error: {
        auto const wrong = expect("error", static_cast<Word>(event.error), frame.rax);
        auto const range = action.what == Action::What::call && event.thread == action.thread &&
                           action.call >= abi::SpaceMap::number &&
                           action.call <= abi::SpaceGuard::number;
        return wrong.empty() && range ? expect("pages done", event.value, frame.rdx) : wrong;
    }
    case Event::What::result: return expect("result", event.value, frame.rax);
    case Event::What::value: {
        if (auto wrong = expect("error", 0, frame.rax); !wrong.empty()) return wrong;
        auto const caller = action.what == Action::What::call && event.thread == action.thread;
        auto const address =
            caller &&
            (action.call == abi::UntypedRetype::number ||
             action.call == abi::UntypedRetypeUnread::number ||
             (action.call >= abi::PoolCopy::number && action.call <= abi::PoolMove::number));
        return expect("value", event.value, address ? frame.rdx & 0xffff : frame.rdx);
    }
    case Event::What::message: {
        abi::MessageTag const tag{frame.rbx};
        // Of one who is out of time it says when there will be some, while there is none.
        auto const first = event.kind != abi::MessageKind::timeout ? event.value
                           : event.value                           ? deadline_after(event.value)
                                                                   : frame.rdi;
        for (auto const& wrong :
             {expect("error", 0, frame.rax),
              expect("message's kind", static_cast<Word>(event.kind),
                     static_cast<Word>(tag.kind())),
              expect("first word", first, frame.rdi), expect("badge", event.badge, frame.r14),
              expect("number of capabilities", event.caps, tag.caps())})
            if (!wrong.empty()) return wrong;
        return {};
    }
    }
    return {};
}

/// Whoever runs is one of the best that can; nobody waits for time while the processor sleeps.
std::string Driver::scheduling(State const& state) const {
    Events none;
    Rules const rules{const_cast<State&>(state), costs_, none};
    int best = -1;
    for (Id i = 1; i < most_objects; i++)
        if (state.objects[i].kind == Kind::thread && rules.runnable(i))
            best = std::max<int>(best, state.objects[i].priority);
    auto const* const current = world_.current();
    if (!current) return best < 0 ? "" : "nobody runs, and somebody could";
    auto const id = reading_.id(current);
    if (state.objects[id].quick)
        return world_.processor().budget_end <= arch::fake_machine.tsc ? "" : "nobody stops it";
    if (best < 0 || !rules.runnable(id)) return "somebody runs who can't";
    return current->priority == best ? "" : "somebody of a higher priority waits to run";
}

std::string Driver::invariants() { return kernel::testing::broken_invariants(world_); }

// ---- in words ----------------------------------------------------------------------------------

namespace {

template <class... C> std::string_view call_name(abi::CallList<C...>, std::uint16_t number) {
    std::string_view found = "an unknown call";
    auto const look = [&]<class One>() {
        if (One::number != number) return;
        std::string_view const whole = __PRETTY_FUNCTION__;
        auto const from = whole.rfind("One = ") + 6;
        found = whole.substr(from, whole.find_first_of(";],", from) - from);
        if (found.starts_with("abi::")) found.remove_prefix(5);
    };
    (look.template operator()<C>(), ...);
    return found;
}

} // namespace

std::string text(Action const& action) {
    switch (action.what) {
    case Action::What::time: return "a tick passes";
    case Action::What::interrupt: return std::format("interrupt {} fires", action.thread);
    case Action::What::foreign_call: return std::format("thread {}: a foreign call", action.thread);
    case Action::What::page_fault: return std::format("thread {}: a page fault", action.thread);
    case Action::What::call: break;
    }
    auto const& a = action.arguments;
    return std::format("thread {}: {}{} on slot {} ({:#x} {:#x} {:#x} {:#x} {:#x} {:#x}){}{}{}{}",
                       action.thread, action.stale ? "stale " : "",
                       call_name(abi::Calls{}, action.call), action.target, a[0], a[1], a[2], a[3],
                       a[4], a[5],
                       action.deadline ? std::format(", for {} ticks", action.deadline) : "",
                       action.reply ? std::format(", reply in {}", action.reply) : "",
                       action.tag ? std::format(", tag {:#x}", action.tag) : "",
                       action.sent_cap ? std::format(", sends {}", action.sent_cap) : "");
}

std::string differences(State const& expected, State const& found) {
    std::string said;
    auto const note = [&](std::string const& what, auto wanted, auto is) {
        if (wanted != is)
            said += std::format("  {}: specified {:#x}, found {:#x}\n", what,
                                static_cast<Word>(wanted), static_cast<Word>(is));
    };
    for (Id i = 1; i < most_objects; i++) {
        auto const& a = expected.objects[i];
        auto const& b = found.objects[i];
        auto const name = std::format("object {} (kind {}) ", i, static_cast<int>(a.kind));
#define FIELD(field) note(name + #field, a.field, b.field)
        FIELD(kind);
        FIELD(home);
        FIELD(range);
        FIELD(bytes);
        FIELD(used);
        FIELD(state);
        FIELD(sending);
        FIELD(waits_for_server);
        FIELD(sends_cap);
        FIELD(foreign);
        FIELD(held);
        FIELD(kicked);
        FIELD(priority);
        FIELD(deadline);
        FIELD(waits_at);
        FIELD(reply);
        FIELD(context);
        FIELD(own_context);
        FIELD(lent_by);
        FIELD(bound);
        FIELD(badge);
        FIELD(process);
        FIELD(bits);
        FIELD(caller);
        FIELD(receiver);
        FIELD(lent);
        FIELD(owner);
        FIELD(user);
        FIELD(period);
        FIELD(used_up);
        FIELD(line);
        FIELD(level);
        FIELD(pending);
        FIELD(again);
        FIELD(open);
        FIELD(life);
        FIELD(exit_code);
        FIELD(area);
        FIELD(callers.count);
        FIELD(receivers.count);
#undef FIELD
        for (std::size_t k = 0; k < most_waiting; k++) {
            note(name + "caller in line", a.callers.ids[k], b.callers.ids[k]);
            note(name + "receiver in line", a.receivers.ids[k], b.receivers.ids[k]);
        }
    }
    for (Cap i = 1; i < most_caps; i++) {
        auto const& a = expected.caps[i];
        auto const& b = found.caps[i];
        auto const name = std::format("capability {} (in {} at {}) ", i, a.holder, a.place);
        note(name + "object", a.object, b.object);
        note(name + "rights", a.rights, b.rights);
        note(name + "parent", a.parent, b.parent);
        note(name + "data", a.data, b.data);
    }
    for (std::size_t s = 0; s < most_spaces; s++)
        for (std::size_t i = 0; i < most_pages; i++) {
            auto const& a = expected.pages[s][i];
            auto const& b = found.pages[s][i];
            auto const name = std::format("space {} page {} ", s, i);
            note(name + "attachment", a.attachment, b.attachment);
            note(name + "offset", a.offset, b.offset);
            note(name + "protection", static_cast<Word>(a.protection),
                 static_cast<Word>(b.protection));
            note(name + "guard", a.guard, b.guard);
        }
    note("dying", expected.dying_count, found.dying_count);
    for (std::size_t i = 0; i < expected.dying.size(); i++)
        note("dying in line", expected.dying[i], found.dying[i]);
    return said;
}

} // namespace model
