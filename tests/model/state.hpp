#pragma once
// What the specification knows of a kernel's state: objects, capabilities and their derivation, who
// owns which bytes, who waits for what, which pages are mapped. No address, no generation, no order
// that cannot be observed. Plain data: a state is copied and compared as a whole.

#include <abi/calls.hpp>
#include <abi/info.hpp>

#include <array>
#include <cstddef>
#include <cstring>

namespace model {

using abi::Error;
using abi::Kind;
using abi::RightsMask;
using abi::Word;

using Id = std::uint8_t;  ///< of an object; 0: none
using Cap = std::uint8_t; ///< of a capability; 0: none

constexpr std::size_t most_objects = 48;
constexpr std::size_t most_caps = 64;
constexpr std::size_t most_waiting = 4;
constexpr std::size_t most_pages = 5;
constexpr std::size_t most_spaces = 2;
constexpr std::uint8_t receive_slot = 30;   ///< where every thread takes a capability
constexpr std::uint8_t message_line = 0xff; ///< of an Interrupt that is no line's; worlds have one
constexpr std::uint8_t no_line = 0xfe;      ///< of one that is no more

/// A capability, where it lies and what it was derived from. It lies in a slot of a pool, or in an
/// object that holds on to another.
struct Capability {
    Id object = 0; ///< 0: there is none
    Id holder = 0;
    std::uint8_t place = 0; ///< the slot's number, one of `place` below, or an attachment's number
    RightsMask rights = 0;
    Cap parent = 0;
    Id revoking = 0; ///< the thread that is in the middle of revoking what was derived from it
    Word data = 0;   ///< badge, extent of pages, ceiling

    bool operator==(Capability const&) const = default;
};

namespace place {
constexpr std::uint8_t keeper = 0, message_page = 1, timeout = 2; // in a Thread
constexpr std::uint8_t pool = 0, space = 1, end_notification = 2; // in a Process
constexpr std::uint8_t notification = 0;                          // in a Timer, an Interrupt
} // namespace place

enum class Sending : std::uint8_t { call, send, foreign, page_fault, exception, kicked, timeout };

/// Ids in a line, first come first served.
struct Line {
    std::array<Id, most_waiting> ids{};
    std::uint8_t count = 0;

    bool empty() const { return count == 0; }
    void push(Id id) { ids[count++] = id; }
    void drop(Id id) {
        std::uint8_t kept = 0;
        for (std::uint8_t i = 0; i < count; i++)
            if (ids[i] != id) ids[kept++] = ids[i];
        for (auto i = kept; i < count; i++) ids[i] = 0;
        count = kept;
    }
    bool operator==(Line const&) const = default;
};

/// A page of an address space's test area.
struct Page {
    std::uint8_t attachment = 0; ///< 0: not mapped
    std::uint8_t offset = 0;
    abi::Protection protection = abi::Protection::none;
    bool guard = false;

    bool empty() const { return attachment == 0 && !guard; }
    bool operator==(Page const&) const = default;
};

struct Object {
    Kind kind = Kind::none; ///< none: there is no such object
    Id home = 0;            ///< the Untyped that its own memory comes from

    // Untyped, Memory
    Id range = 0; ///< the Untyped that the range is part of
    std::uint32_t bytes = 0;
    std::uint32_t used = 0; ///< Untyped: bytes given out

    // Thread
    abi::ThreadState state = abi::ThreadState::fresh;
    Sending sending = Sending::call; ///< calling, awaiting: what it sends
    bool waits_for_server = false;   ///< calling: also if nobody serves
    std::uint8_t sends_cap = 0;      ///< calling: the slot of a capability it sends
    bool foreign = false;
    bool held = false;
    bool kicked = false;
    bool only_reaps = false;    ///< of the call it is in, nothing is left but to reap
    std::uint16_t going_on = 0; ///< the action that was interrupted half-way; 0: none
    std::uint8_t priority = 0;
    /// Ticks until the wait ends, a Timer expires, or a SchedContext's budget comes back; 0: never.
    std::uint8_t deadline = 0;
    Id waits_at = 0; ///< calling, receiving: Endpoint; waiting: Notification
    Id reply = 0;    ///< receiving: will hold the caller; awaiting: holds this thread
    Id context = 0;  ///< the time it has now
    Id own_context = 0;
    Id lent_by = 0; ///< the Reply of the caller whose time it is
    Id bound = 0;   ///< Thread: Notification, and the other way round
    Word badge = 0; ///< calling, awaiting: of the capability it sends through

    // Thread, Reply, Endpoint: the Process it belongs to, receives with it, or serves it
    Id process = 0;

    /// What no rule says, but is to be explored both ways. Endpoint: fast paths may use it. Thread:
    /// a fast path has let it run that has no time; the timer comes at once.
    bool quick = false;

    // Endpoint (callers or receivers), Notification (waiters)
    Line callers;
    Line receivers;
    Word bits = 0; ///< Notification: those set; AddressSpace: its directory is made

    // Reply
    Id caller = 0;
    Id receiver = 0;
    Id lent = 0;

    // SchedContext: a budget is one tick in each period
    Id owner = 0;
    Id user = 0;
    std::uint8_t period = 0; ///< ticks; 0: without limit
    bool used_up = false;

    // Interrupt; `again` and `open` are its line's
    std::uint8_t line = 0;
    bool level = false;
    bool pending = false; ///< signalled, or masked by its holder, and not acknowledged
    bool again = false;   ///< an edge came for one that had not acknowledged
    bool open = false;

    // Process
    abi::ProcessState life = abi::ProcessState::fresh;
    Word exit_code = 0;

    // AddressSpace: which of State::pages is its
    std::uint8_t area = 0;

    bool operator==(Object const&) const = default;
};

struct State {
    std::array<Object, most_objects> objects{};
    std::array<Capability, most_caps> caps{};
    std::array<std::array<Page, most_pages>, most_spaces> pages{};
    std::array<Id, 8> dying{}; ///< objects without a capability, in the order they are taken apart
    std::uint8_t dying_count = 0;

    bool operator==(State const&) const = default;
};

/// The same: told quickly of most that are, byte for byte.
inline bool same(State const& a, State const& b) {
    auto const alike = []<class T>(T const& one, T const& other) {
        return std::memcmp(static_cast<void const*>(&one), &other, sizeof one) == 0 || one == other;
    };
    for (std::size_t i = 0; i < most_objects; i++)
        if (!alike(a.objects[i], b.objects[i])) return false;
    return alike(a.caps, b.caps) && a.pages == b.pages && a.dying == b.dying &&
           a.dying_count == b.dying_count;
}

/// What one thread does. Capabilities are named by slot numbers of its pool; 0 names none.
struct Action {
    enum class What : std::uint8_t { call, foreign_call, page_fault, interrupt, time };
    What what = What::call;
    Id thread = 0;          ///< or Interrupt
    std::uint16_t call = 0; ///< number, in abi/calls.hpp
    std::uint8_t target = 0;
    std::array<Word, 6> arguments{}; ///< a Place is pool << 16 | slot
    std::uint8_t deadline = 0;       ///< in R15: ticks until a wait for a message ends
    Word tag = 0;
    std::uint8_t reply = 0;    ///< in R14
    std::uint8_t sent_cap = 0; ///< in the message page, if the tag counts one
    bool stale = false;        ///< the target's address is the one before the present
    std::uint16_t number = 0;  ///< of all in a world
};

/// What a thread finds in its registers when its call or wait is over.
struct Event {
    enum class What : std::uint8_t { error, value, message, result } what = What::error;
    Id thread = 0;
    Error error = Error::ok;
    Word value = 0; ///< value: RDX, and pages done; result: RAX; message: word 0
    abi::MessageKind kind = abi::MessageKind::message;
    Word badge = 0;
    std::uint8_t caps = 0;

    bool operator==(Event const&) const = default;
};

struct Events {
    std::array<Event, 12> list{};
    std::uint8_t count = 0;

    void add(Event const& event) { list.at(count++) = event; }
};

} // namespace model
