#include <protocols/manifest.hpp>

#include <abi/info.hpp>
#include <abi/memory.hpp>
#include <abi/rights.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace protocols::manifest {

namespace {

constexpr std::uint64_t largest_size = std::uint64_t{1} << 36;

bool good_name(Name const& name) {
    auto const text = view(name);
    auto const good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    // What follows the text must be zeros: names are compared as a whole.
    return !text.empty() && text.size() < name.size() && std::ranges::all_of(text, good) &&
           std::all_of(
               name.begin() + static_cast<std::ptrdiff_t>(text.size()), name.end(),
               [](char c) { return c == 0; });
}

bool good_size(std::uint64_t bytes) {
    return bytes % abi::page_bytes == 0 && bytes <= largest_size;
}

std::optional<Problem> check(Service const& service) {
    if (!good_name(service.name) || !good_name(service.program)) return Problem::bad_name;
    if (service.argument_bytes > sizeof service.arguments) return Problem::bad_arguments;
    if (service.priority == 0 || service.priority > highest_priority) return Problem::bad_priority;
    if (service.control >> 8 != 0) return Problem::bad_grant;
    if (service.stack_bytes == 0 || service.log_bytes == 0 || service.objects_bytes == 0)
        return Problem::bad_size;
    for (auto const bytes : {service.stack_bytes, service.heap_bytes, service.log_bytes,
                             service.objects_bytes, service.ram_bytes})
        if (!good_size(bytes)) return Problem::bad_size;
    if (service.objects_permille > 1000 || service.ram_permille > 1000) return Problem::bad_share;
    if (service.on_end < OnEnd::restart || service.on_end > OnEnd::power_off ||
        service.longest_delay_ms < service.first_delay_ms || service.first_delay_ms == 0)
        return Problem::bad_restart;
    if (service.budget_ns > service.period_ns || service.period_ns > abi::longest_period_ns ||
        (service.period_ns != 0 && service.budget_ns < abi::least_budget_ns))
        return Problem::bad_budget;
    return std::nullopt;
}

/// Bits that are taken at each service.
class Bits {
public:
    bool take(std::uint32_t service, std::uint32_t bit) {
        auto const mask = std::uint64_t{1} << bit;
        if ((taken_[service] & mask) != 0) return false;
        taken_[service] |= mask;
        return true;
    }

private:
    std::array<std::uint64_t, most_services + 1> taken_{};
};

std::optional<Problem> check(Session const& session, std::size_t services, Bits& bits) {
    if (!good_name(session.protocol)) return Problem::bad_name;
    bool const server = session.server < services || session.server == supervisor;
    if (session.client >= services || !server || session.client == session.server ||
        session.badge == 0)
        return Problem::bad_session;
    if (!good_size(session.bytes)) return Problem::bad_size;
    if (session.client_bit >= first_interrupt_bit || session.server_bit >= first_interrupt_bit)
        return Problem::bad_session;
    auto const server_row = std::min<std::uint32_t>(session.server, most_services);
    if (!bits.take(session.client, session.client_bit) ||
        !bits.take(server_row, session.server_bit))
        return Problem::bit_twice;
    return std::nullopt;
}

std::optional<Problem> check(Grant const& grant, std::size_t services, Bits& bits) {
    if (!good_name(grant.name)) return Problem::bad_name;
    if (grant.service >= services) return Problem::bad_grant;
    switch (grant.type) {
    case GrantType::ports:
        if (grant.count == 0 || grant.first > 0xffff || grant.count > 0x10000 - grant.first)
            return Problem::bad_grant;
        return std::nullopt;
    case GrantType::interrupt:
        if (grant.first > 255 || grant.bit < first_interrupt_bit || grant.bit >= first_own_bit)
            return Problem::bad_grant;
        if (!bits.take(grant.service, grant.bit)) return Problem::bit_twice;
        return std::nullopt;
    case GrantType::archives: return std::nullopt;
    }
    return Problem::bad_grant;
}

/// A service finds all its sessions and resources in one start page.
bool fits_start_page(Manifest const& manifest, std::uint32_t service) {
    auto const sessions = std::ranges::count_if(manifest.sessions(), [&](Session const& it) {
        return it.client == service || it.server == service;
    });
    auto const grants = std::ranges::count(manifest.grants(), service, &Grant::service);
    // Besides: up to six pieces of RAM and six archives, control, the logs.
    return sessions <= max_sessions && grants + 14 <= max_resources;
}

template <class T> std::span<T const> table(std::span<std::byte const>& rest, std::size_t count) {
    auto const bytes = rest.first(count * sizeof(T));
    rest = rest.subspan(bytes.size());
    return {reinterpret_cast<T const*>(bytes.data()), count};
}

} // namespace

std::expected<Manifest, Problem> Manifest::open(std::span<std::byte const> bytes) {
    Header header;
    if (bytes.size() < sizeof header) return std::unexpected(Problem::too_short);
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.magic != magic) return std::unexpected(Problem::not_a_manifest);
    if (header.version != version) return std::unexpected(Problem::wrong_version);
    if (header.services > most_services || header.sessions > most_sessions ||
        header.grants > most_grants)
        return std::unexpected(Problem::too_many);
    if (header.services == 0) return std::unexpected(Problem::no_services);
    auto const size = sizeof header + header.services * sizeof(Service) +
                      header.sessions * sizeof(Session) + header.grants * sizeof(Grant);
    if (header.bytes != size || bytes.size() < size) return std::unexpected(Problem::wrong_size);

    Manifest manifest;
    auto rest = bytes.subspan(sizeof header, size - sizeof header);
    manifest.services_ = table<Service>(rest, header.services);
    manifest.sessions_ = table<Session>(rest, header.sessions);
    manifest.grants_ = table<Grant>(rest, header.grants);

    Bits bits;
    std::uint32_t objects = 0;
    std::uint32_t ram = 0;
    for (std::size_t i = 0; i < manifest.services_.size(); i++) {
        auto const& service = manifest.services_[i];
        if (auto const problem = check(service)) return std::unexpected(*problem);
        objects += service.objects_permille;
        ram += service.ram_permille;
        for (std::size_t j = 0; j < i; j++)
            if (manifest.services_[j].name == service.name)
                return std::unexpected(Problem::name_twice);
    }
    if (objects > 1000 || ram > 1000) return std::unexpected(Problem::bad_share);
    for (auto const& session : manifest.sessions_)
        if (auto const problem = check(session, manifest.services_.size(), bits))
            return std::unexpected(*problem);
    for (auto const& grant : manifest.grants_)
        if (auto const problem = check(grant, manifest.services_.size(), bits))
            return std::unexpected(*problem);
    for (std::uint32_t i = 0; i < manifest.services_.size(); i++)
        if (!fits_start_page(manifest, i)) return std::unexpected(Problem::too_many);
    return manifest;
}

std::string_view explain(Problem problem) {
    switch (problem) {
    case Problem::too_short: return "the manifest is shorter than its header";
    case Problem::not_a_manifest: return "the bytes do not begin as a compiled manifest";
    case Problem::wrong_version: return "the manifest was compiled for another version";
    case Problem::wrong_size: return "the manifest's size does not agree with its counts";
    case Problem::too_many: return "the manifest has more of something than there is room for";
    case Problem::no_services: return "the manifest has no service";
    case Problem::bad_name: return "a name in the manifest is not of a-z, 0-9 and -";
    case Problem::name_twice: return "two services in the manifest have one name";
    case Problem::bad_arguments: return "arguments in the manifest are too long";
    case Problem::bad_priority: return "a priority in the manifest is out of range";
    case Problem::bad_size: return "a size in the manifest is absurd or no multiple of 4 KiB";
    case Problem::bad_share: return "the shares of memory in the manifest exceed the whole";
    case Problem::bad_restart: return "a restart rule in the manifest makes no sense";
    case Problem::bad_budget: return "a budget in the manifest is too small or exceeds its period";
    case Problem::bad_session: return "a session in the manifest joins what is not there";
    case Problem::bad_grant: return "a grant in the manifest makes no sense";
    case Problem::bit_twice: return "a signal bit in the manifest is used twice";
    }
    return "unknown problem";
}

} // namespace protocols::manifest
