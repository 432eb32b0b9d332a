#include <tests/model/reading.hpp>

#include <kernel/log/check.hpp>
#include <kernel/object/make.hpp>
#include <kernel/object/objects.hpp>

#include <algorithm>
#include <format>

namespace model {

using namespace kernel;

namespace {
constexpr Id boot = 1;
constexpr Id stranger = 0xff;
constexpr std::uint8_t attachments_watched = 16; ///< numbers below it: deeper than worlds go
} // namespace

Reading::Reading(kernel::testing::World& world)
    : world_(world), objects_at_(arch::fake_machine.ram_bytes / 64),
      caps_at_(arch::fake_machine.ram_bytes / 64) {}

Costs Reading::costs() {
    Costs result;
    auto const set = [&]<class T>() {
        result.object[static_cast<std::size_t>(T::static_kind)] = 1u << std::max(size_log2<T>, 6u);
    };
    [&]<class... T>(ObjectList<T...>) { (set.template operator()<T>(), ...); }(Objects{});
    result.pool_segment = abi::pool_segment_slots * sizeof(Slot);
    result.table = result.directory = abi::page_bytes;
    result.attachment = sizeof(Attachment);
    return result;
}

std::size_t Reading::cell(void const* pointer) {
    return static_cast<std::size_t>(static_cast<std::byte const*>(pointer) -
                                    arch::fake_machine.ram) /
           64;
}

bool Reading::outside(void const* pointer) {
    return cell(pointer) >= arch::fake_machine.ram_bytes / 64;
}

Id Reading::id(kernel::Object const* pointer) const {
    if (!pointer) return 0;
    if (outside(pointer)) {
        auto const found = std::ranges::find(pointers_, pointer);
        return found == pointers_.end() ? stranger : static_cast<Id>(found - pointers_.begin());
    }
    auto const known = objects_at_[cell(pointer)];
    return known ? known : stranger;
}

void Reading::know(Id id, kernel::Object* pointer) {
    pointers_[id] = pointer;
    if (!outside(pointer)) objects_at_[cell(pointer)] = id;
}

void Reading::set_pointers(Pointers const& all) {
    for (auto const* const known : pointers_)
        if (known && !outside(known)) objects_at_[cell(known)] = 0;
    pointers_ = {};
    for (Id i = 1; i < most_objects; i++)
        if (all[i]) know(i, all[i]);
}

/// Call `f` with each occupied slot that is part of an object, and its place there.
template <class F> void Reading::each_slot(Id id, F f) {
    auto const offer = [&](Slot& slot, std::uint8_t at) {
        if (!slot.empty()) f(slot, at);
    };
    auto& it = *pointers_[id];
    switch (it.kind) {
    case Kind::cap_pool: {
        auto& pool = static_cast<CapPool&>(it);
        for (std::uint8_t i = 0; i < slots && pool.used_ > 0; i++) offer(pool.segments_[0][i], i);
        break;
    }
    case Kind::thread:
        offer(static_cast<Thread&>(it).keeper, place::keeper);
        offer(static_cast<Thread&>(it).message_slot, place::message_page);
        offer(static_cast<Thread&>(it).timeout, place::timeout);
        break;
    case Kind::process:
        offer(static_cast<Process&>(it).pool_slot, place::pool);
        offer(static_cast<Process&>(it).space_slot, place::space);
        offer(static_cast<Process&>(it).end_notification, place::end_notification);
        break;
    case Kind::timer: offer(static_cast<Timer&>(it).notification, place::notification); break;
    case Kind::interrupt:
        offer(static_cast<Interrupt&>(it).notification_, place::notification);
        break;
    case Kind::address_space:
        for (std::uint8_t i = 1; i < attachments_watched; i++)
            if (auto* const one = static_cast<AddressSpace&>(it).attachment(i)) offer(one->slot, i);
        break;
    default: break;
    }
}

State Reading::discover() {
    State state;
    know(boot, world_.anchors().front()->object);
    Id next = boot + 1;
    auto const meet = [&](kernel::Object* pointer) {
        if (pointer && id(pointer) == stranger) know(next++, pointer);
    };
    for (auto& program : world_.programs()) meet(program.pool);
    for (Id i = boot + 1; i < next; i++)
        each_slot(i, [&](Slot& slot, std::uint8_t) { meet(slot.object); });
    Cap caps = 1;
    for (Id i = 1; i < next; i++) {
        state.objects[i].kind = pointers_[i]->kind;
        each_slot(i, [&](Slot& slot, std::uint8_t where) {
            state.caps[caps++] = {.object = id(slot.object), .holder = i, .place = where};
        });
    }
    std::uint8_t area = 0;
    for (auto& object : state.objects)
        if (object.kind == Kind::address_space) object.area = area++;
    State found;
    check(read(state, found), "nothing can surprise that was just found");
    for (Id i = 1; i < next; i++)
        for (auto const* line : {&found.objects[i].callers, &found.objects[i].receivers})
            for (std::uint8_t k = 0; k < line->count; k++) found.objects[line->ids[k]].waits_at = i;
    return found;
}

void Reading::follow(State const& state) {
    for (Id i = boot + 1; i < most_objects; i++) {
        auto const lives = state.objects[i].kind != Kind::none;
        if (pointers_[i] && !lives) {
            objects_at_[cell(pointers_[i])] = 0;
            pointers_[i] = nullptr;
        }
    }
    for (auto const& cap : state.caps) {
        if (!cap.object || pointers_[cap.object] || !pointers_[cap.holder]) continue;
        each_slot(cap.holder, [&](Slot& slot, std::uint8_t where) {
            if (where == cap.place && id(slot.object) == stranger) know(cap.object, slot.object);
        });
    }
}

bool Reading::read(State const& expected, State& found) {
    std::array<std::array<Cap, slots>, most_objects> index{};
    for (Cap i = 1; i < most_caps; i++)
        if (auto const& cap = expected.caps[i]; cap.object) index[cap.holder][cap.place] = i;
    surprise_.clear();
    std::array<Slot*, most_caps> slot_of{};
    for (Id i = 1; i < most_objects; i++) {
        if (!pointers_[i]) {
            if (expected.objects[i].kind != Kind::none)
                surprise_ = std::format("object {} does not exist", i);
            continue;
        }
        if (pointers_[i]->kind != expected.objects[i].kind) {
            surprise_ =
                std::format("object {} is of kind {}", i, static_cast<int>(pointers_[i]->kind));
            return false;
        }
        each_slot(i, [&](Slot& slot, std::uint8_t where) {
            auto const cap = index[i][where];
            if (!cap) {
                surprise_ = std::format("object {} holds a capability at {}", i, where);
                return;
            }
            slot_of[cap] = &slot;
            if (auto const at = cell(&slot); at < caps_at_.size()) caps_at_[at] = cap;
        });
    }
    found = {};
    for (Cap i = 1; i < most_caps; i++) {
        if (!slot_of[i]) continue;
        auto const& slot = *slot_of[i];
        auto const& known = expected.caps[i];
        Cap parent = 0;
        if (auto const at = cell(slot.parent); slot.parent && at < caps_at_.size())
            parent = caps_at_[at] ? caps_at_[at] : Cap{0xff};
        auto const revoking = slot.revoking() ? id(slot.container) : Id{0};
        found.caps[i] = {id(slot.object), known.holder, known.place, slot.rights,
                         parent,          revoking,     slot.data};
    }
    for (auto* slot : slot_of)
        if (slot)
            if (auto const at = cell(slot); at < caps_at_.size()) caps_at_[at] = 0;
    if (!surprise_.empty()) return false;
    for (Id i = 1; i < most_objects; i++)
        if (pointers_[i]) read_object(expected, i, found.objects[i], found.pages.data());
    for (auto& dying : root().dying)
        if (found.dying_count < found.dying.size()) found.dying[found.dying_count++] = id(&dying);
    return true;
}

void Reading::tell_apart(State& state) const {
    for (Id i = 1; i < most_objects; i++) {
        auto& object = state.objects[i];
        if (object.kind == Kind::endpoint)
            object.quick = as<Endpoint>(i).processor != nullptr;
        else if (object.kind == Kind::thread)
            object.quick = world_.current() == pointers_[i] && as<Thread>(i).context->exhausted;
    }
}

Line Reading::line(Thread::Queue& queue) {
    Line result;
    for (auto& thread : queue)
        if (result.count < most_waiting) result.push(id(&thread));
    return result;
}

std::uint8_t Reading::ticks(Deadline const& deadline) {
    if (!deadline.armed()) return 0;
    return static_cast<std::uint8_t>((deadline.at - arch::fake_machine.tsc + tick_ns - 1) /
                                     tick_ns);
}

void Reading::read_object(State const& expected, Id number, Object& out,
                          std::array<Page, most_pages>* pages) {
    auto& it = *pointers_[number];
    out.kind = it.kind;
    out.home = id(it.home);
    out.quick = expected.objects[number].quick;
    visit(it, Objects{}, [&]<class T>(T& object) {
        if constexpr (std::is_same_v<T, Untyped>) {
            out.range = id(object.parent_);
            out.bytes = static_cast<std::uint32_t>(object.bytes_);
            out.used = static_cast<std::uint32_t>(object.bytes_ - object.free_);
        } else if constexpr (std::is_same_v<T, Memory>) {
            out.range = id(object.range_);
            out.bytes = static_cast<std::uint32_t>(object.pages_ * abi::page_bytes);
        } else if constexpr (std::is_same_v<T, Thread>) {
            using S = Thread::State;
            auto const state = object.state;
            out.state = state;
            out.foreign = object.foreign;
            out.held = object.held;
            out.kicked = object.kicked;
            // Whether it is in the middle of a call its instruction pointer says (driver.cpp).
            out.going_on = expected.objects[number].going_on;
            out.only_reaps = expected.objects[number].only_reaps;
            out.priority = object.priority;
            out.deadline = ticks(object.deadline);
            out.context = id(object.context);
            out.own_context = id(object.own_context);
            out.lent_by = id(object.lent_by);
            out.bound = id(object.bound_notification);
            out.process = id(object.process);
            if (state == S::calling || state == S::awaiting)
                out.sending = static_cast<Sending>(object.sending);
            if (state == S::receiving || state == S::awaiting) out.reply = id(object.reply);
            // Where it stands is the queue's to say: it is checked against the queues by the lines.
            if (state == S::calling || state == S::receiving || state == S::waiting)
                out.waits_at = expected.objects[number].waits_at;
            if (state == S::calling) {
                out.badge = object.badge;
                out.waits_for_server = object.tag.has(abi::MessageTag::flag_wait_for_server);
                if (object.sending <= kernel::Sending::send && object.tag.caps() > 0) {
                    auto const sent = abi::CapAddress{object.message_page->sent_caps[0]};
                    if (auto* const pool = object.process->pool(); pool && pool->find(sent))
                        out.sends_cap = static_cast<std::uint8_t>(sent.slot());
                }
            }
        } else if constexpr (std::is_same_v<T, Endpoint>) {
            out.process = id(object.server);
            out.callers = line(object.callers);
            out.receivers = line(object.receivers);
        } else if constexpr (std::is_same_v<T, Notification>) {
            out.bits = object.bits_;
            out.bound = id(object.bound);
            out.receivers = line(object.waiters);
        } else if constexpr (std::is_same_v<T, Reply>) {
            out.process = id(object.process);
            out.caller = id(object.caller);
            out.receiver = id(object.receiver);
            out.lent = id(object.lent);
        } else if constexpr (std::is_same_v<T, SchedContext>) {
            out.owner = id(object.owner);
            out.user = id(object.user);
            out.deadline = ticks(object.refill);
            out.period = static_cast<std::uint8_t>(object.budget.period_ / tick_ns);
            out.used_up = object.exhausted;
        } else if constexpr (std::is_same_v<T, Timer>) {
            out.deadline = ticks(object.deadline);
        } else if constexpr (std::is_same_v<T, Interrupt>) {
            auto const& vector = root().interrupts.of(object);
            out.line = object.route().by_message() ? message_line
                                                   : static_cast<std::uint8_t>(object.route_.line);
            out.level = object.route_.level;
            out.pending = object.fired();
            out.again = vector.again;
            out.open = vector.open;
        } else if constexpr (std::is_same_v<T, Process>) {
            out.life = object.state;
            out.exit_code = object.exit_code;
        } else if constexpr (std::is_same_v<T, AddressSpace>) {
            out.area = expected.objects[number].area;
            out.bits = object.directory_[0] != nullptr;
            if (!object.tables_.top_) return;
            for (Word i = 0; i < most_pages; i++) {
                auto const way = object.tables_.find({address_of(i)});
                auto const entry = way.entry();
                auto& page = pages[out.area][i];
                page.guard = entry.guards();
                if (page.guard || !entry.maps()) continue;
                page.attachment = static_cast<std::uint8_t>(entry.attachment());
                auto* const from = object.attachment(entry.attachment());
                if (!from) {
                    page.attachment = stranger;
                    continue;
                }
                page.offset =
                    static_cast<std::uint8_t>((entry.frame() - from->start) / abi::page_bytes);
                page.protection = !(entry.raw & PageEntry::present) ? abi::Protection::none
                                  : entry.writes()                  ? abi::Protection::read_write
                                  : entry.raw & PageEntry::no_execute
                                      ? abi::Protection::read
                                      : abi::Protection::read_execute;
            }
        }
    });
}

} // namespace model
