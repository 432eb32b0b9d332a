#include <kernel/testing/invariants.hpp>

#include <kernel/memory/page_ranges.hpp>
#include <kernel/sched/schedule.hpp>

#include <algorithm>
#include <format>
#include <map>
#include <set>

namespace kernel::testing {

namespace {

/// Sealed memory is read too: whether it is zero is one of the questions.
[[clang::no_sanitize("address", "undefined", "coverage")]] bool all_zero(std::byte const* from,
                                                                         std::byte const* end) {
    std::uint64_t any = 0;
    auto const* const last = reinterpret_cast<std::uint64_t const*>(end);
    for (auto const* word = reinterpret_cast<std::uint64_t const*>(from); word < last; word++)
        any |= *word;
    return any == 0;
}

[[clang::no_sanitize("address")]] std::byte* next_block(std::byte* block) {
    return *reinterpret_cast<std::byte**>(block);
}

class Checker {
public:
    explicit Checker(World& world) : world_(world), processor_(world.processor()) {}

    std::string run() {
        find_objects();
        if (!report_.empty()) return report_; // the walks below would only stumble over it
        check_derivation();
        for (auto* object : live_) visit(*object, Objects{}, [&](auto& it) { check_object(it); });
        check_memory();
        check_processor();
        check_lines();
        return report_;
    }

private:
    World& world_;
    Processor& processor_;
    std::string report_;
    std::set<Object*> live_;
    std::map<Object*, std::uint32_t> named_; ///< how many slots name it
    std::set<Slot*> in_tree_;
    std::map<Thread*, unsigned> stands_; ///< in how many queues

    /// What was taken from an Untyped: where it begins, how long it is.
    std::map<Untyped*, std::map<std::uint64_t, std::uint64_t>> taken_;

    template <class... A> void expect(bool holds, std::format_string<A...> text, A&&... arguments) {
        if (holds || report_.size() > 2000) return;
        report_ += std::format(text, std::forward<A>(arguments)...);
        report_ += '\n';
    }

    bool alive(Object const* object) const { return live_.contains(const_cast<Object*>(object)); }

    // ---- what there is -------------------------------------------------------------------------

    void find_objects() {
        for (auto* anchor : world_.anchors()) walk(*anchor, nullptr);
        for (auto& object : root().dying) {
            expect(object.caps == 0, "a dying object has {} capabilities", object.caps);
            expect(may_die(object), "an Untyped dies in use");
            live_.insert(&object);
        }
        // Untypeds without a capability live on in what was made of them.
        std::vector<Object*> queue(live_.begin(), live_.end());
        auto const add = [&](Untyped* home) {
            if (home && live_.insert(home).second) queue.push_back(home);
        };
        while (!queue.empty()) {
            auto* const object = queue.back();
            queue.pop_back();
            add(object->home);
            if (object->kind == abi::Kind::untyped) add(static_cast<Untyped*>(object)->parent_);
            if (object->kind == abi::Kind::memory) add(static_cast<Memory*>(object)->range_);
        }
    }

    void walk(Slot& slot, Slot* parent) {
        expect(!slot.empty(), "an empty slot is in the derivation tree");
        expect(slot.parent == parent, "a child does not know its parent");
        expect(!parent || slot.depth > parent->depth, "a child is not deeper than its parent");
        if (!in_tree_.insert(&slot).second) {
            expect(false, "a slot is in the derivation tree twice");
            return;
        }
        live_.insert(slot.object);
        named_[slot.object]++;
        Slot* previous = nullptr;
        for (auto* child = slot.first_child; child; child = child->next) {
            expect(child->previous == previous, "siblings disagree");
            walk(*child, &slot);
            previous = child;
            if (report_.size() > 1000) return;
        }
    }

    // ---- capabilities --------------------------------------------------------------------------

    void check_derivation() {
        std::uint32_t revoking = 0;
        for (auto* slot : in_tree_) revoking += slot->revoking;
        expect(revoking == root().revokes_in_progress, "{} revokes, counted {}", revoking,
               root().revokes_in_progress);
        for (auto* object : live_) {
            auto const count = named_.contains(object) ? named_[object] : 0;
            expect(object->caps == count, "kind {} is named by {} slots, counted {}",
                   static_cast<int>(object->kind), count, object->caps);
            auto const dying = object->dying_link.linked();
            expect(
                count != 0 || dying ||
                    (object->kind == abi::Kind::untyped && static_cast<Untyped*>(object)->in_use()),
                "kind {} is lost", static_cast<int>(object->kind));
        }
        // Every slot that holds something is part of a live object (or an anchor).
        std::set<Slot*> contained;
        for (auto* anchor : world_.anchors()) contained.insert(anchor);
        for (auto* object : live_)
            visit(*object, Objects{}, [&](auto& it) {
                slots_of(it, [&](Slot& slot) {
                    if (!slot.empty()) contained.insert(&slot);
                });
            });
        for (auto* slot : in_tree_)
            expect(contained.contains(slot), "a slot in the tree, of kind {}, is part of nothing",
                   static_cast<int>(slot->object->kind));
        for (auto* slot : contained)
            expect(in_tree_.contains(slot), "an occupied slot is not in the tree");
    }

    template <class F> void slots_of(Object&, F) {}
    template <class F> void slots_of(CapPool& pool, F f) {
        for (std::uint32_t i = 0; i < pool.used_; i++)
            for (std::uint32_t k = 0; k < abi::pool_segment_slots; k++) f(pool.segments_[i][k]);
    }
    template <class F> void slots_of(Process& process, F f) {
        for (auto* slot : {&process.pool_slot, &process.space_slot, &process.end_notification})
            f(*slot);
        for (auto& range : process.ports.all()) f(range);
    }
    template <class F> void slots_of(Thread& thread, F f) {
        f(thread.keeper);
        f(thread.message_slot);
    }
    template <class F> void slots_of(Timer& timer, F f) { f(timer.notification); }
    template <class F> void slots_of(Interrupt& interrupt, F f) { f(interrupt.notification_); }
    template <class F> void slots_of(AddressSpace& space, F f) {
        for (std::uint32_t number = 1; number <= abi::max_attachments; number++) {
            if (!space.directory_[number / AddressSpace::directory_entries])
                number |= AddressSpace::directory_entries - 1;
            else if (auto* const attachment = space.attachment(number))
                f(attachment->slot);
        }
    }

    // ---- memory --------------------------------------------------------------------------------

    void took(Untyped* home, std::uint64_t start, std::uint64_t bytes) {
        if (home && bytes > 0)
            expect(taken_[home].emplace(start, bytes).second, "two things begin at {:#x}", start);
    }
    void took(Untyped* home, void const* block, unsigned log2) {
        took(home, arch::to_physical(block).raw, std::uint64_t{1} << std::max(log2, 6u));
    }

    void check_memory() {
        for (auto* object : live_)
            if (object->home) took(object->home, object, object->size_log2);
        for (auto* object : live_)
            if (object->kind == abi::Kind::untyped) check_untyped(static_cast<Untyped&>(*object));
    }

    void check_untyped(Untyped& untyped) {
        auto& taken = taken_[&untyped];
        auto const base = untyped.base_.raw;
        expect(untyped.live_ == taken.size(), "an Untyped has {} blocks out, counted {}",
               taken.size(), untyped.live_);
        if (untyped.device_) {
            check_ranges(untyped, taken, false);
            return;
        }
        std::uint64_t free = untyped.bytes_ - untyped.bump_;
        auto all = taken;
        for (unsigned i = 0; i < Untyped::orders; i++)
            for (auto* block = untyped.free_lists_[i]; block; block = next_block(block)) {
                auto const bytes = std::uint64_t{1} << (i + Untyped::smallest);
                auto const start = arch::to_physical(block).raw;
                free += bytes;
                if (!all.emplace(start, bytes).second) {
                    expect(false, "a free block at {:#x} is in use", start);
                    return;
                }
                expect(all_zero(block + 8, block + bytes), "a free block at {:#x} is not zero",
                       start);
            }
        expect(free == untyped.free_, "{:#x} bytes are free, counted {:#x}", free, untyped.free_);
        check_ranges(untyped, all, true);
        if (untyped.clean_ > untyped.bump_)
            expect(all_zero(arch::to_virtual({base + untyped.bump_}),
                            arch::to_virtual({base + untyped.clean_})),
                   "unused memory said to be clean is not");
        expect(untyped.high_ >= untyped.bump_, "the bump is above its highest stand");
    }

    void check_ranges(Untyped& untyped, std::map<std::uint64_t, std::uint64_t> const& ranges,
                      bool whole) {
        auto const base = untyped.base_.raw;
        auto end = base;
        for (auto const& [start, bytes] : ranges) {
            expect(start >= end && (!whole || start == end),
                   "memory at {:#x}: the last ended at {:#x}", start, end);
            end = start + bytes;
        }
        expect(end <= base + untyped.bump_ && (!whole || end == base + untyped.bump_),
               "memory is given out up to {:#x}, the bump is {:#x}", end, base + untyped.bump_);
    }

    // ---- objects -------------------------------------------------------------------------------

    void check_object(Untyped& untyped) {
        took(untyped.parent_, untyped.base_.raw, untyped.bytes_);
    }
    void check_object(Memory& memory) {
        took(memory.range_, memory.start_.raw, memory.pages_ * abi::page_bytes);
    }
    void check_object(CapPool& pool) {
        for (std::uint32_t i = 0; i < pool.used_; i++) took(pool.home, pool.segments_[i], 14);
        expect(!pool.slot(0) || pool.slot(0)->empty(), "slot 0 is occupied");
    }
    void check_object(SchedContext& context) {
        expect(!context.owner || (alive(context.owner) && context.owner->own_context == &context),
               "a context's owner does not know it");
        expect(!context.user || (alive(context.user) && context.user->context == &context),
               "a context's user does not have it");
        if (context.user && context.user != context.owner)
            expect(context.user->lent_by != nullptr, "somebody has a context that was not lent");
    }
    void check_object(Timer& timer) {
        expect(!timer.deadline.armed || timer.notification.object || true, "");
    }
    void check_object(Interrupt& interrupt) {
        bool listed = false;
        for (auto& one : root().interrupt_lines.lines_[interrupt.line_])
            listed |= &one == &interrupt;
        expect(listed == interrupt.on_line_, "an interrupt is not where it thinks");
    }
    void check_object(IoPorts&) {}
    void check_object(Reserved&) {}
    void check_object(Control&) {}

    void check_object(Process& process) {
        auto const ended = process.state == abi::ProcessState::ended;
        for (auto& thread : process.threads) {
            expect(alive(&thread) && thread.process == &process, "a process has a foreign thread");
            expect(!ended || thread.state == Thread::State::ended, "a thread outlives its process");
            expect(thread.space == process.space() || ended, "a thread has another space");
        }
        for (auto& reply : process.replies)
            expect(alive(&reply) && reply.process == &process && !ended,
                   "a process's reply is lost");
        for (auto& endpoint : process.served)
            expect(alive(&endpoint) && endpoint.server == &process && !ended,
                   "a process's endpoint is lost");
    }

    template <class L> static bool contains(L& list, auto const& wanted) {
        for (auto& one : list)
            if (&one == &wanted) return true;
        return false;
    }

    unsigned check_queue(ThreadQueue& queue, Thread::State state, char const* what) {
        unsigned count = 0;
        for (auto& queued : queue.list_) {
            auto& thread = static_cast<Thread&>(queued);
            expect(alive(&thread), "a dead thread stands in a queue ({})", what);
            if (!alive(&thread)) break;
            expect(thread.state == state, "a thread in state {} stands in the queue of {}",
                   static_cast<int>(thread.state), what);
            stands_[&thread]++;
            count++;
        }
        return count;
    }

    void check_object(Endpoint& endpoint) {
        auto const callers = check_queue(endpoint.callers, Thread::State::calling, "callers");
        auto const receivers =
            check_queue(endpoint.receivers, Thread::State::receiving, "receivers");
        expect(callers == 0 || receivers == 0, "callers and receivers wait for each other");
        expect(!endpoint.server ||
                   (alive(endpoint.server) && contains(endpoint.server->served, endpoint)),
               "an endpoint's server does not know it");
    }
    void check_object(Notification& notification) {
        auto const waiters = check_queue(notification.waiters_, Thread::State::waiting, "waiters");
        auto* const bound = notification.bound_;
        expect(!bound || (alive(bound) && bound->bound_notification == &notification),
               "a bound thread does not know its notification");
        auto const awaited =
            waiters > 0 || (bound && alive(bound) && bound->state == Thread::State::receiving);
        expect(!awaited || !notification.any(), "a signal is not delivered");
    }
    void check_object(Reply& reply) {
        expect(!reply.caller || (alive(reply.caller) && reply.caller->reply == &reply &&
                                 reply.caller->state == Thread::State::awaiting),
               "a reply's caller does not await it");
        expect(!reply.receiver || (alive(reply.receiver) && reply.receiver->reply == &reply &&
                                   reply.receiver->state == Thread::State::receiving),
               "a reply's receiver does not receive with it");
        expect(!reply.caller || !reply.receiver, "a reply has a caller and a receiver");
        expect(!reply.process || (alive(reply.process) && contains(reply.process->replies, reply)),
               "a reply's process does not know it");
        expect((!reply.caller && !reply.receiver) || reply.process,
               "a reply in use has no process");
        expect(!reply.receiver || reply.receiver->process == reply.process,
               "a reply belongs to another process than its receiver");
        if (reply.lent) {
            expect(alive(reply.lent) && reply.caller, "a reply's lent context is lost");
            if (alive(reply.lent))
                expect(reply.caller && lent_through(reply), "lent time can't find its way home");
        }
    }
    /// Follow lent time from who has it to the caller of `reply`.
    bool lent_through(Reply& reply) {
        auto* at = reply.lent->user;
        for (unsigned steps = 0; at && at->lent_by && steps < 1000; steps++) {
            if (!alive(at->lent_by) || at->lent_by->lent != reply.lent) return false;
            if (at->lent_by == &reply) return true;
            at = at->lent_by->caller;
        }
        return false;
    }

    void check_object(Thread& thread) {
        using State = Thread::State;
        auto const state = thread.state;
        auto const queues =
            state == State::calling || state == State::receiving || state == State::waiting;
        expect(thread.queue_link.linked() == (queues || thread.queued),
               "a thread in state {} is linked: {}", static_cast<int>(state),
               thread.queue_link.linked());
        // In other states `reply` means nothing.
        if (state == State::receiving || state == State::awaiting)
            expect(alive(thread.reply) &&
                       (state == State::receiving ? thread.reply->receiver == &thread
                                                  : thread.reply->caller == &thread),
                   "a thread's reply does not know it");
        expect(!thread.queued || schedule::runnable(thread),
               "a thread in state {} is queued to run", static_cast<int>(state));
        expect(!schedule::runnable(thread) || thread.queued || processor_.current == &thread,
               "a thread that could run is forgotten");
        expect(!thread.queued || processor_.current != &thread, "the current thread is queued");
        expect(!thread.deadline.armed || queues, "a deadline is armed in state {}",
               static_cast<int>(state));
        if (thread.context)
            expect(alive(thread.context) && thread.context->user == &thread,
                   "a thread's context has another user");
        if (thread.own_context)
            expect(alive(thread.own_context) && thread.own_context->owner == &thread,
                   "a thread's own context has another owner");
        if (thread.context && !thread.lent_by)
            expect(thread.context == thread.own_context, "a thread runs on time of nobody");
        if (thread.lent_by)
            expect(alive(thread.lent_by) && thread.lent_by->lent && thread.lent_by->caller,
                   "a thread's lender is lost");
        if (thread.bound_notification)
            expect(alive(thread.bound_notification) && thread.bound_notification->bound_ == &thread,
                   "a bound notification does not know its thread");
        if (thread.process)
            expect(alive(thread.process) && contains(thread.process->threads, thread),
                   "a thread's process does not know it");
        expect(state == State::fresh || state == State::ended || thread.process,
               "a thread without a process is in state {}", static_cast<int>(state));
        expect(!thread.space || alive(thread.space), "a thread's space is dead");
        expect((thread.message_page == nullptr) == thread.message_slot.empty(),
               "a message page without its capability");
        if (thread.message_page) {
            auto const& memory = static_cast<Memory&>(*thread.message_slot.object);
            auto const at = arch::to_physical(thread.message_page);
            expect(at >= memory.start() &&
                       at + abi::page_bytes <= memory.start() + memory.pages() * abi::page_bytes,
                   "a message page lies outside its memory");
        }
        expect(thread.frame.rflags & arch::interrupt_flag, "a thread runs without interrupts");
    }

    // ---- address spaces ------------------------------------------------------------------------

    struct Mapped {
        std::uint64_t pages = 0;
        std::uint64_t lowest = ~std::uint64_t{0};
        std::uint64_t highest = 0;
    };

    void check_object(AddressSpace& space) {
        if (space.tables_.top_)
            took(space.home, space.tables_.top_, 12);
        else
            expect(space.ending_, "a space without tables"); // the last steps of its end
        for (auto* directory : space.directory_)
            if (directory) took(space.home, directory, 12);
        slots_of(space, [&](Slot& slot) {
            took(space.home, &slot, 7);
            auto const& attachment = Attachment::of(slot);
            expect(slot.role == SlotRole::attachment && slot.container == &space,
                   "an attachment's slot is not one");
            expect(space.attachment(attachment.number) == &attachment, "an attachment is misfiled");
        });
        std::map<std::uint32_t, Mapped> mapped;
        std::uint64_t guards = 0;
        if (space.tables_.top_)
            walk_table(space, space.tables_.top_, 4, 0, mapped, guards);
        // Tables of a space at its end go whole, without a count of what was in them.
        expect(guards == space.guards_ || space.ending_, "{} guards, counted {}", guards,
               space.guards_);
        slots_of(space, [&](Slot& slot) {
            auto const& attachment = Attachment::of(slot);
            auto const& found = mapped[attachment.number];
            expect(attachment.mapped == found.pages ||
                       (space.ending_ && found.pages < attachment.mapped),
                   "an attachment maps {} pages, counted {}",
                   found.pages, attachment.mapped);
            if (found.pages > 0)
                expect(attachment.lowest.raw <= found.lowest &&
                           attachment.highest.raw >= found.highest,
                       "an attachment maps {:#x} to {:#x}, and knows of {:#x} to {:#x}",
                       found.lowest, found.highest, attachment.lowest.raw, attachment.highest.raw);
        });
    }

    unsigned walk_table(AddressSpace& space, PageEntry* table, unsigned level, std::uint64_t start,
                        std::map<std::uint32_t, Mapped>& mapped, std::uint64_t& guards) {
        unsigned used = 0;
        auto const covers = PageTables::covers(level);
        for (unsigned i = 0; i < (level == 4 ? 256u : 512u); i++) {
            auto const entry = table[i];
            auto const address = start + i * covers;
            if (entry.empty()) continue;
            used++;
            auto const leaf =
                level == 1 || !(entry.raw & PageEntry::present) || (entry.raw & PageEntry::large);
            if (!leaf) {
                auto* const below = reinterpret_cast<PageEntry*>(arch::to_virtual(entry.frame()));
                took(space.home, below, 12);
                auto const inside = walk_table(space, below, level - 1, address, mapped, guards);
                expect(entry.used() == inside && inside > 0,
                       "a table at {:#x} has {} entries, counted {}", address, inside,
                       entry.used());
                continue;
            }
            if (entry.guards()) {
                guards++;
                expect(level == 1 && entry.raw == PageEntry::guard, "a strange guard");
                continue;
            }
            check_leaf(space, entry, level, address, mapped);
        }
        if (level == 4)
            expect(std::ranges::equal(std::span(table + 256, 256), arch::kernel_half(), {},
                                      &PageEntry::raw),
                   "the kernel's half of a space is changed");
        return used;
    }

    void check_leaf(AddressSpace& space, PageEntry entry, unsigned level, std::uint64_t address,
                    std::map<std::uint32_t, Mapped>& mapped) {
        auto const covers = PageTables::covers(level);
        auto* const from = space.attachment(entry.attachment());
        expect(from != nullptr, "an entry at {:#x} names no attachment", address);
        if (!from) return;
        expect(entry.maps() && (entry.raw & PageEntry::user), "an entry at {:#x} is strange",
               address);
        expect(address + covers <= abi::user_end, "an entry lies outside the user half");
        expect(((entry.raw & PageEntry::large) != 0) == (level > 1),
               "a page at {:#x} has another size", address);
        auto const frame = entry.frame().raw;
        expect(frame >= from->start.raw &&
                   frame + covers <= from->start.raw + from->pages * abi::page_bytes,
               "an entry at {:#x} leaves its attachment", address);
        expect(base::aligned(frame, covers), "a large page at {:#x} is misaligned", address);
        expect((entry.raw & (PageEntry::cache_disable | PageEntry::write_through)) ==
                   PageEntry::cache_bits(from->cache),
               "an entry at {:#x} is cached otherwise", address);
        auto const present = (entry.raw & PageEntry::present) != 0;
        auto const executes = present && !(entry.raw & PageEntry::no_execute);
        expect(!(entry.writes() && executes), "a page at {:#x} is writable and executable",
               address);
        expect((!present || abi::covers(from->ceiling, abi::MemoryRights::read)) &&
                   (!entry.writes() || abi::covers(from->ceiling, abi::MemoryRights::write)) &&
                   (!executes || abi::covers(from->ceiling, abi::MemoryRights::execute)),
               "an entry at {:#x} allows too much", address);
        auto& sum = mapped[from->number];
        sum.pages += covers / abi::page_bytes;
        sum.lowest = std::min(sum.lowest, address);
        sum.highest = std::max(sum.highest, address + covers);
    }

    // ---- processor -----------------------------------------------------------------------------

    void check_processor() {
        auto* const current = processor_.current;
        expect(!current || (alive(current) && schedule::runnable(*current)),
               "the current thread can't run");
        expect(!current || processor_.loaded == current, "the current thread is not loaded");
        expect(!current || processor_.space == current->space, "another space is loaded");
        expect(!current || processor_.context == current->context, "time is charged to another");
        expect(!processor_.loaded || alive(processor_.loaded), "a dead thread is loaded");
        expect(!processor_.fpu_owner || alive(processor_.fpu_owner), "a dead thread owns the FPU");
        expect(!processor_.space || alive(processor_.space), "a dead space is loaded");
        expect(!processor_.ports || alive(processor_.ports), "a dead process's ports are loaded");
        expect(!processor_.context || alive(processor_.context), "a dead context is charged");
        auto const& machine = arch::fake_machine;
        if (current) {
            expect(machine.root == arch::to_physical(current->space->tables_.top_).raw,
                   "CR3 is another");
            expect(machine.entry_stack == &current->frame + 1, "entries go elsewhere");
            expect(machine.extended_trapped == current->fpu_free, "extended state trapped: {}",
                   machine.extended_trapped);
            expect(current->fpu_free || processor_.fpu_owner == current, "foreign extended state");
            check_ports(*current->process);
        }
        auto const stale = machine.stale_translation();
        expect(!stale, "the processor remembers a page at {:#x} that has changed",
               stale.value_or(0));
        for (unsigned priority = 0; priority < 256; priority++)
            for (auto& queued : processor_.ready.queues_[priority].list_) {
                auto& thread = static_cast<Thread&>(queued);
                expect(alive(&thread) && thread.queued && thread.priority == priority,
                       "a thread stands in the wrong ready queue");
                expect(static_cast<int>(priority) <= processor_.ready.highest_,
                       "the highest ready priority is wrong");
                if (alive(&thread)) stands_[&thread]++;
            }
        for (auto const& [thread, times] : stands_)
            expect(times == 1, "a thread stands in {} queues", times);
        for (auto* object : live_)
            if (object->kind == abi::Kind::thread) {
                auto& thread = static_cast<Thread&>(*object);
                expect(thread.queue_link.linked() == stands_.contains(&thread),
                       "a thread is linked into a queue of nothing alive");
            }
        check_deadlines(processor_.deadlines.top_, nullptr);
    }

    void check_ports(Process& process) {
        auto const& open = arch::fake_machine.ports;
        if (!processor_.ports && !process.has_ports) {
            expect(open.none(), "ports are open though none was enabled");
            return;
        }
        std::bitset<0x10000> enabled;
        for (auto& range : process.ports.all())
            if (!range.empty())
                for (auto port = range.first(); port < range.first() + range.count(); port++)
                    enabled.set(port);
        expect(open == enabled, "other ports are open than are enabled");
    }

    std::uint32_t check_deadlines(Deadline* node, Deadline* parent) {
        if (!node) return 0;
        expect(alive(&node->owner), "a deadline of a dead object");
        if (!alive(&node->owner)) return 0;
        expect(node->armed && node->parent == parent, "deadlines are mislinked");
        expect(!parent || parent->at <= node->at, "deadlines are out of order");
        auto const left = check_deadlines(node->left, node);
        auto const right = check_deadlines(node->right, node);
        expect(left >= right && node->rank == right + 1, "deadlines lean to the wrong side");
        return node->rank;
    }

    void check_lines() {
        for (std::uint32_t line = 0; line < arch::FakeMachine::lines; line++) {
            bool open = false;
            bool pending = false;
            for (auto& interrupt : root().interrupt_lines.lines_[line]) {
                expect(alive(&interrupt), "a dead interrupt is on line {}", line);
                if (!alive(&interrupt)) return;
                if (interrupt.notification_.empty()) continue;
                pending |= interrupt.pending_;
                open |= !interrupt.masked_;
            }
            expect(arch::fake_machine.line[line].masked == !(open && !pending),
                   "line {} is masked: {}", line, arch::fake_machine.line[line].masked);
        }
    }
};

} // namespace

std::string broken_invariants(World& world) { return Checker{world}.run(); }

} // namespace kernel::testing
