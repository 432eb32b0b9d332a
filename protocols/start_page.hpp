#pragma once
// The start page: the one page by which a native process learns what it has. The supervisor fills
// it before the process runs and maps it read-only at `start_page_address`.

#include <abi/capability.hpp>
#include <abi/message.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace protocols {

constexpr std::uint64_t start_magic = 0x5452'4154'5352'4b53; // "SKRSTART"
constexpr std::uint32_t start_version = 1;

/// Where things lie in every native process that the supervisor builds. Programs are linked at
/// 2 MiB; sessions, heap and device memory follow where the start page says.
constexpr abi::Word start_page_address = 0x0000'0001'0000'0000;
constexpr abi::Word message_page_address = 0x0000'0001'0010'0000; ///< of the first thread
constexpr abi::Word clock_page_address = 0x0000'0001'0020'0000;
constexpr abi::Word status_page_address = 0x0000'0001'0030'0000;
constexpr abi::Word log_ring_address = 0x0000'0001'0040'0000;
constexpr abi::Word stack_top = 0x0000'0001'1000'0000;
constexpr abi::Word session_base = 0x0000'0002'0000'0000;
constexpr abi::Word heap_base = 0x0000'0004'0000'0000;
constexpr abi::Word device_base = 0x0000'0008'0000'0000;
/// From here on the process may map what it likes.
constexpr abi::Word free_base = 0x0000'0010'0000'0000;

/// The slots that every native process finds filled, generation 1.
namespace start_slot {
constexpr std::uint16_t pool = 1;
constexpr std::uint16_t process = 2;
constexpr std::uint16_t space = 3;
constexpr std::uint16_t thread = 4;   ///< the first thread
constexpr std::uint16_t context = 5;  ///< its SchedContext
constexpr std::uint16_t objects = 6;  ///< Untyped for kernel objects of its own
constexpr std::uint16_t events = 7;   ///< Notification, bound to the first thread
constexpr std::uint16_t endpoint = 8; ///< the Endpoint it serves, if it serves any
constexpr std::uint16_t log = 9;      ///< Control with the right to log, if granted
constexpr std::uint16_t message = 10; ///< Memory: the first thread's message page
} // namespace start_slot

/// Bit 63 of the events Notification: the supervisor wants the service to look at its status page
/// (a request to stop, or just a sign of life).
constexpr abi::Word supervisor_event = abi::Word{1} << 63;

using Name = std::array<char, 24>;

constexpr Name make_name(std::string_view text) {
    Name name{};
    for (std::size_t i = 0; i < text.size() && i + 1 < name.size(); i++) name[i] = text[i];
    return name;
}
constexpr std::string_view view(Name const& name) {
    std::size_t length = 0;
    while (length < name.size() && name[length] != 0) length++;
    return {name.data(), length};
}

enum class SessionRole : std::uint32_t { client = 1, server = 2 };

/// One session with a peer: shared memory that outlives both, a way to wake the peer, and an
/// Endpoint for control calls.
struct Session {
    Name name; ///< of the session, as the manifest has it ("line", "terminal")
    Name peer; ///< the service at the other end
    SessionRole role;
    std::uint32_t badge;       ///< server: the badge of this client's calls
    abi::CapAddress endpoint;  ///< client: send; server: none (start_slot::endpoint serves all)
    abi::CapAddress wake_peer; ///< Notification, minted with the peer's bits: signal takes none
    abi::Word own_bits;        ///< what arrives at our events when the peer wakes us
    abi::Word address;         ///< the session memory, mapped read-write
    abi::Word bytes;
    abi::CapAddress memory; ///< the same, as a capability (empty if not granted)
    std::uint32_t reserved;
};

enum class ResourceType : std::uint32_t {
    io_ports = 1,  ///< cap: IoPorts; first and count are the range
    interrupt = 2, ///< cap: Interrupt, bound to `bits` of events; first is the line
    memory = 3,    ///< cap: Memory; first: where it is mapped (0: not mapped), count: bytes
    untyped = 4,   ///< cap: Untyped; count: bytes
    control = 5,   ///< cap: Control with what the manifest grants
};

struct Resource {
    Name name;
    ResourceType type;
    abi::CapAddress cap;
    abi::Word first;
    abi::Word count;
    abi::Word bits;
};

constexpr std::uint32_t max_sessions = 16;
constexpr std::uint32_t max_resources = 24;

struct StartPage {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t incarnation; ///< 1 for the first
    Name name;
    abi::Word heap_address; ///< memory pool, mapped read-write
    abi::Word heap_bytes;
    abi::Word log_bytes; ///< of the log ring at log_ring_address
    std::uint16_t first_free_slot;
    std::uint16_t slots; ///< slots of the pool
    std::uint32_t sessions;
    std::uint32_t resources;
    std::uint32_t argument_bytes;
    Session session[max_sessions];
    Resource resource[max_resources];
    char arguments[256]; ///< one string, from the manifest
    /// The registers of the previous incarnation's first thread when it ended, if it had one
    /// (valid if `has_predecessor`): how a driver knows where its predecessor stopped.
    std::uint32_t has_predecessor;
    std::uint32_t processors; ///< of the machine, counted from 0
    abi::RegisterFile predecessor;
};
static_assert(sizeof(StartPage) <= 4096);

/// The status page: written by the service, read by the supervisor and, through /svc, by anybody.
struct StatusPage {
    abi::Word turns;      ///< counts up whenever the event loop is about to wait
    abi::Word requests;   ///< work done so far, in the service's own unit
    abi::Word request_id; ///< what it works on now; 0: nothing
    abi::Word stop_acknowledged;
    abi::Word memory_in_use; ///< bytes of its pool
    char text[1024];         ///< more, for people, zero-terminated "name value" lines
};

} // namespace protocols
