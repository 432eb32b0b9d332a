#pragma once
// Protocol "services": what the supervisor shows of the services, and how it is told to restart,
// stop or kill them. The supervisor is the session's server, the Linux personality its client,
// which serves all this as /svc/NAME/{status,log,crash,control}. There is no call: everything is in
// the session's memory, and each side wakes the other by the session's notification.
//
//     byte 0       Table: how many rows, and the rings' positions
//          4096    Row[most_rows], one for each service, and the supervisor's last
//                  Request[most_requests]   client to supervisor
//                  Answer[most_requests]    supervisor to client
//          page    crash text of row 0, of row 1, ...     crash_bytes each
//
// The logs themselves are memory of their own, which the client finds mapped read-only as the
// resource `logs`; a row says where its ring lies in it (log_ring.hpp).
//
// A request is answered before it is acted upon, since acting may end the client itself.

#include <protocols/manifest.hpp>
#include <protocols/start_page.hpp>
#include <protocols/transport/record_ring.hpp>

#include <array>
#include <atomic>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace protocols::services {

constexpr std::uint32_t most_rows = manifest::most_services + 1;
constexpr std::uint32_t most_requests = 32;
constexpr std::size_t crash_bytes = 4096;

enum class State : std::uint32_t {
    stopped = 0, ///< ended, and nobody starts it without being told to
    running = 1,
    waiting = 2, ///< ended; it is started anew when its delay is over
    failed = 3,  ///< it could not be built; the log of the supervisor says why
};

/// Why an incarnation ended.
enum class Cause : std::uint32_t {
    none = 0, ///< none has ended yet
    exit = 1, ///< by itself; detail: its exit code
    page_fault = 2,
    exception = 3, ///< detail: the processor's vector
    hung = 4,      ///< it used its time without a turn of its event loop
    killed = 5,    ///< by request
    stopped = 6,   ///< by request
};

/// One service, as its supervisor sees it.
struct Row {
    Name name;
    State state;
    std::uint32_t incarnation;
    std::uint32_t failures; ///< in a row, that count for the delay
    Cause cause;            ///< of the last end
    std::uint64_t detail;
    std::uint64_t started_ns;    ///< the present incarnation, or the last (monotonic)
    std::uint64_t ended_ns;      ///< the last end; 0: none
    std::uint64_t next_start_ns; ///< while it waits
    std::uint64_t memory_bytes;  ///< of RAM it was given
    std::uint64_t processor_ns;  ///< used by the present incarnation
    std::uint64_t turns;         ///< from its status page
    std::uint64_t requests;
    std::uint32_t log_offset; ///< of its ring in the resource `logs`
    std::uint32_t log_bytes;
    std::uint32_t crash_length; ///< of its crash text; 0: it never crashed
    std::uint32_t reserved;
};
static_assert(sizeof(Row) == 120);

/// A row that changes while it is read is read again: `sequence` is odd during a change.
struct SharedRow {
    std::atomic<std::uint64_t> sequence;
    Row row;
    std::uint64_t reserved[8];

    void store(Row const& from) {
        auto const before = sequence.load(std::memory_order_relaxed);
        sequence.store(before + 1, std::memory_order_relaxed);
        // Partner: the acquire fence in load. The odd number comes before any new byte.
        std::atomic_thread_fence(std::memory_order_release);
        std::memcpy(&row, &from, sizeof row);
        sequence.store(before + 2, std::memory_order_release);
    }

    /// Nothing if it kept changing: the writer died in the middle, or lies.
    std::optional<Row> load() const {
        for (int attempt = 0; attempt < 1000; attempt++) {
            auto const before = sequence.load(std::memory_order_acquire);
            Row copy;
            std::memcpy(&copy, &row, sizeof copy);
            std::atomic_thread_fence(std::memory_order_acquire);
            if (before % 2 == 0 && sequence.load(std::memory_order_relaxed) == before) return copy;
        }
        return std::nullopt;
    }
};
static_assert(sizeof(SharedRow) == 192);

enum class Action : std::uint32_t {
    restart = 1,   ///< end it and build it anew, at once
    stop = 2,      ///< end it and leave it so
    start = 3,     ///< build it, if it does not run
    kill = 4,      ///< end it as a crash would, to see what happens; it starts again at once
    power_off = 5, ///< of the machine; `argument`: what the emulator is told
    reboot = 6,
};

enum class Verdict : std::uint32_t {
    accepted = 0,
    no_such_service = 1,
    no_such_action = 2,
    not_now = 3, ///< start, and it runs; stop, and it is stopped
    refused = 4, ///< the supervisor can't be stopped
};

struct Request {
    std::uint64_t id; ///< the client's own; the answer repeats it
    Action action;
    std::uint32_t row;
    std::uint64_t argument;
};

struct Answer {
    std::uint64_t id;
    Verdict verdict;
    std::uint32_t reserved;
};

constexpr std::uint64_t magic = 0x3143'5653'5252'4b53; // "SKRRSVC1"

struct Table {
    std::uint64_t magic;
    std::uint32_t rows;
    std::uint32_t reserved;
    alignas(64) protocols::RingPositions requests;
    protocols::RingPositions answers;
};

struct Memory {
    alignas(4096) Table table;
    alignas(4096) SharedRow row[most_rows];
    alignas(64) Request request[most_requests];
    alignas(64) Answer answer[most_requests];
    alignas(4096) char crash[most_rows][crash_bytes];
};

/// What a session of this protocol needs, in bytes.
constexpr std::size_t memory_bytes = sizeof(Memory);

// ---- words, the same in /svc, in logs and in crash records -------------------------------------

std::string_view name(State state);
std::string_view name(Cause cause);
std::string_view name(Verdict verdict);

/// A word written to a control file ("kill", "restart\n"); power_off and reboot are none.
std::optional<Action> action(std::string_view word);

/// The text of /svc/NAME/status: lines of a name and a value. Returns what of `into` was filled.
std::string_view status_text(Row const& row, std::uint64_t now_ns, std::span<char> into);

} // namespace protocols::services
