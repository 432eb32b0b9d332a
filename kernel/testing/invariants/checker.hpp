#pragma once
// Looks at a whole kernel state and says what is wrong with it, a line of the kernel's log for each
// thing. It knows no call: whatever was called, all this must hold. It runs on the host after every
// step of a test, and inside a kernel that is built for it (kernel/testing/audit_on), so it
// allocates nothing.
//
//   derivation.cpp   what there is: every object and slot, and that the tree of capabilities is one
//   memory.cpp       every byte of an Untyped is either given out once or free
//   spaces.cpp       what page tables map is what attachments allow
//   devices.cpp      what devices reach is what mappings allow
//   threads.cpp      who waits stands where it waits; bindings are known on both sides
//   interrupts.cpp   a line is open if somebody listens and nobody has to acknowledge
//   processors.cpp   what is loaded lives; queues and deadlines are in order

#include <kernel/log/log.hpp>
#include <kernel/object/objects.hpp>
#include <kernel/root.hpp>
#include <kernel/testing/invariants/table.hpp>

#include <span>

namespace kernel::testing {

struct ObjectNote {
    std::uint32_t named = 0;       ///< by how many slots
    std::uint32_t queues = 0;      ///< a thread: in how many it stands
    std::uint32_t quarantined = 0; ///< an Untyped: mappings that keep something of it
};
struct SlotNote {
    bool contained = false; ///< in something that lives
};
/// A block of an Untyped.
struct Taken {
    Untyped* from = nullptr;
    std::uint64_t start = 0, bytes = 0;
    bool free = false; ///< in a list of free blocks
};
/// What an attachment is found to map.
struct Mapped {
    std::uint64_t pages = 0;
    std::uint64_t lowest = 0, highest = 0;
};

/// The checker's memory: much, and used again at every look.
struct Notes {
    Table<Object*, ObjectNote, 1 << 15> objects;
    Pile<Object*, 1 << 15> all; ///< the same, in the order they were met
    Table<Slot*, SlotNote, 1 << 16> slots;
    Pile<Taken, 1 << 16> taken;
    Table<std::uint64_t, Mapped, 1 << 13> mapped; ///< by number of the attachment, for one space
};

class Checker {
public:
    /// On a real machine the boot has taken memory that no object tells of.
    enum class Machine { fake, real };

    /// `most_zero`: so many bytes at most of what should be zero are read in each place.
    Checker(Notes& notes, std::span<Processor* const> processors, Machine machine = Machine::fake,
            std::uint64_t most_zero = ~std::uint64_t{0});

    /// Where to begin: a slot that is part of nothing, or an object that lives. All that hangs
    /// together with these is found.
    void anchor(Slot& slot);
    void begin_at(Object& object);

    /// How much is wrong.
    unsigned run();
    /// There was more to look at than the notes have room for: nothing was said.
    bool too_much() const { return too_much_; }

private:
    Notes& notes_;
    std::span<Processor* const> processors_;
    Machine machine_;
    std::uint64_t most_zero_;
    unsigned broken_ = 0;
    std::size_t contained_ = 0;  ///< slots that are part of something
    std::uint32_t revoking_ = 0; ///< slots with a revoke in progress
    bool too_much_ = false;

    template <class... A>
    void expect(bool holds, LogFormat<std::type_identity_t<A>...> text, A const&... arguments) {
        if (holds) [[likely]]
            return;
        if (++broken_ > 20) return;
        if constexpr (sizeof...(A) == 0) {
            log(text.text);
        } else {
            LogArgument const list[] = {LogArgument(arguments)...};
            log_arguments(text.text, list);
        }
    }
    static unsigned number(auto value) { return static_cast<unsigned>(value); }

    bool alive(Object const* object) {
        return notes_.objects.find(const_cast<Object*>(object)) != nullptr;
    }
    template <class L> static bool contains(L& list, auto const& wanted) {
        for (auto& one : list)
            if (&one == &wanted) return true;
        return false;
    }
    bool current_somewhere(Thread const& thread) const;

    // ---- derivation.cpp ----
    void meet(Object* object);
    void walk(Slot& slot);
    void find_all();
    void check_derivation();
    void check_contained(Slot& slot);

    // ---- memory.cpp ----
    void took(Untyped* home, std::uint64_t start, std::uint64_t bytes, bool free = false);
    void took(Untyped* home, void const* block, unsigned log2);
    void note_free_blocks(Untyped& untyped);
    void check_memory();
    void check_untyped(Untyped& untyped, std::span<Taken const> taken);
    bool zero(std::byte const* from, std::byte const* end) const;

    // ---- an object's own, by kind ----
    void check_object(Untyped& untyped);
    void check_object(Memory& memory);
    void check_object(CapPool& pool);
    void check_object(AddressSpace& space);
    void check_object(SchedContext& context);
    void check_object(DmaSpace& space);
    void check_object(Interrupt& interrupt);
    void check_object(Process& process);
    void check_object(Endpoint& endpoint);
    void check_object(Notification& notification);
    void check_object(Reply& reply);
    void check_object(Thread& thread);
    void check_object(Object&) {}

    // ---- spaces.cpp ----
    unsigned walk_table(AddressSpace& space, PageEntry* table, unsigned level, std::uint64_t start);
    void check_leaf(AddressSpace& space, PageEntry entry, unsigned level, std::uint64_t address);

    // ---- devices.cpp ----
    std::uint64_t walk_for_device(DmaSpace& space, PageEntry* table, unsigned level,
                                  std::uint64_t start);

    // ---- interrupts.cpp, threads.cpp, processors.cpp ----
    void check_interrupts();
    unsigned check_queue(Thread::Queue& queue, Thread::State state, char const* what);
    bool lent_through(Reply& reply);
    void check_processor(Processor& processor);
    void check_deadlines(Deadline* top);
    void check_queues();
};

/// Call `f` with each slot that is part of an object, empty ones too.
template <class F> void slots_of(Object&, F) {}
template <class F> void slots_of(CapPool& pool, F f) {
    for (std::uint32_t i = 0; i < pool.used_; i++)
        for (std::uint32_t k = 0; k < abi::pool_segment_slots; k++) f(pool.segments_[i][k]);
}
template <class F> void slots_of(Process& process, F f) {
    for (auto* slot : {&process.pool_slot, &process.space_slot, &process.end_notification})
        f(*slot);
    for (auto& range : process.ports) f(range);
}
template <class F> void slots_of(Thread& thread, F f) {
    f(thread.keeper);
    f(thread.timeout);
    f(thread.message_slot);
}
template <class F> void slots_of(Timer& timer, F f) { f(timer.notification); }
template <class F> void slots_of(Interrupt& interrupt, F f) { f(interrupt.notification_); }
template <class F> void slots_of(DmaSpace& space, F f) {
    f(space.fault_notification);
    for (auto& mapping : space.mappings_) f(mapping.slot);
}
template <class F> void slots_of(AddressSpace& space, F f) {
    for (std::uint32_t number = 1; number <= abi::max_attachments; number++) {
        if (!space.directory_[number / AddressSpace::directory_entries])
            number |= AddressSpace::directory_entries - 1;
        else if (auto* const attachment = space.attachment(number))
            f(attachment->slot);
    }
}

} // namespace kernel::testing
