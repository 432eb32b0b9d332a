#pragma once
// The compiled manifest: the policy that the supervisor carries out, as tools/manifest writes it
// and the boot archive carries it. Fixed-size structures without pointers:
//
//     | Header | Service[services] | Session[sessions] | Grant[grants] |
//
// The reader checks everything once, so that the supervisor can use every index and size as it
// stands. What the fields mean for a person is in manifests/README.md.

#include <protocols/start_page.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace protocols::manifest {

constexpr std::uint64_t magic = 0x314e'414d'5252'4b53; // "SKRRMAN1"
constexpr std::uint32_t version = 1;

constexpr std::uint32_t most_services = 16;
constexpr std::uint32_t most_sessions = 48;
constexpr std::uint32_t most_grants = 64;

/// The highest priority belongs to the supervisor.
constexpr std::uint32_t highest_priority = 254;

/// Signals that arrive at a service's events: bits of sessions from 0, of interrupts from 32. Bits
/// from 48 to 62 are the service's own, 63 is the supervisor's.
constexpr std::uint32_t first_session_bit = 0;
constexpr std::uint32_t first_interrupt_bit = 32;
constexpr std::uint32_t first_own_bit = 48;

struct Header {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t bytes; ///< of everything
    std::uint32_t services;
    std::uint32_t sessions;
    std::uint32_t grants;
    std::uint32_t reserved;
};

namespace service_flags {
constexpr std::uint32_t fpu_free = 1; ///< it never touches floating-point registers
/// What the boot loader passed to the system is appended to its arguments.
constexpr std::uint32_t boot_words = 2;
} // namespace service_flags

/// What happens when a service ends.
enum class OnEnd : std::uint32_t {
    restart = 1,   ///< it is built anew, whatever ended it
    leave = 2,     ///< it stays stopped until an operator starts it
    power_off = 3, ///< the system stops, with the exit code of the service
};

struct Service {
    Name name;
    Name program; ///< in the boot archive
    char arguments[256];
    std::uint32_t argument_bytes;
    std::uint32_t priority; ///< 1 to highest_priority
    std::uint32_t flags;
    std::uint32_t control; ///< abi::ControlRights of the Control capability it gets; 0: none

    std::uint64_t stack_bytes;
    std::uint64_t heap_bytes;
    std::uint64_t log_bytes;
    /// Untyped for kernel objects of its own: this much, rounded up to a power of two, or this part
    /// of what fixed sizes leave, rounded down to one, whatever is more.
    std::uint64_t objects_bytes;
    std::uint32_t objects_permille;
    /// Memory it manages itself, as resources `ram0`, `ram1`...: this part of what is left then.
    std::uint32_t ram_permille;
    std::uint64_t ram_bytes; ///< with less than this it can't start

    OnEnd on_end;
    std::uint32_t give_up_after;  ///< so many failures without recovery; 0: never
    std::uint32_t first_delay_ms; ///< before the second restart; then it doubles
    std::uint32_t longest_delay_ms;
    std::uint32_t healthy_ms; ///< after so long without failure the count begins anew
    /// Processor time that it may use without a turn of its event loop; 0: not watched.
    std::uint32_t hang_ms;
    std::uint64_t budget_ns; ///< of processor time in each period; 0: without limit
    std::uint64_t period_ns;
};

/// The supervisor's place among the services of a session.
constexpr std::uint32_t supervisor = 0xffff'ffff;

struct Session {
    Name protocol;
    std::uint32_t client;                ///< index of a service
    std::uint32_t server;                ///< index of a service, or `supervisor`
    std::uint64_t bytes;                 ///< of its memory, a multiple of the page size; 0: none
    std::uint32_t badge;                 ///< of the client's calls, as the server sees it; not 0
    std::uint8_t client_bit, server_bit; ///< by which each hears that the other woke it
    std::uint8_t reserved[2];
};

enum class GrantType : std::uint32_t {
    ports = 1,     ///< `count` ports from `first`
    interrupt = 2, ///< line `first`, arriving as `bit`
    archives = 3,  ///< the boot archives, to read
};

namespace interrupt_flags {
constexpr std::uint32_t level = 1;
constexpr std::uint32_t active_low = 2;
} // namespace interrupt_flags

struct Grant {
    std::uint32_t service;
    GrantType type;
    Name name;
    std::uint32_t first;
    std::uint32_t count;
    std::uint32_t flags; ///< interrupt_flags
    std::uint32_t bit;
};

static_assert(sizeof(Header) == 32 && sizeof(Service) == 408 && sizeof(Session) == 48 &&
              sizeof(Grant) == 48);

enum class Problem : std::uint32_t {
    too_short,
    not_a_manifest,
    wrong_version,
    wrong_size,
    too_many,
    no_services,
    bad_name,
    name_twice,
    bad_arguments,
    bad_priority,
    bad_size,
    bad_share,
    bad_restart,
    bad_budget,
    bad_session,
    bad_grant,
    bit_twice,
};

/// One sentence for a person.
std::string_view explain(Problem problem);

/// A checked manifest. Its views live as long as the bytes it was read from.
class Manifest {
public:
    /// `bytes` begin at an address that is a multiple of 8.
    static std::expected<Manifest, Problem> open(std::span<std::byte const> bytes);

    std::span<Service const> services() const { return services_; }
    std::span<Session const> sessions() const { return sessions_; }
    std::span<Grant const> grants() const { return grants_; }

private:
    std::span<Service const> services_;
    std::span<Session const> sessions_;
    std::span<Grant const> grants_;
};

} // namespace protocols::manifest
