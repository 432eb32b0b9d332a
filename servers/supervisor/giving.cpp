#include <servers/supervisor/giving.hpp>

#include <protocols/text_builder.hpp>

#include <abi/boot.hpp>

namespace supervisor {

namespace {

namespace manifest = protocols::manifest;

constexpr auto signal_only = abi::mask(abi::NotificationRights::signal);
constexpr auto client_rights =
    abi::mask(abi::rights(abi::EndpointRights::send, abi::EndpointRights::grant));

constexpr abi::CapAddress boot_cap(std::uint16_t number) { return {number, 1}; }

constexpr abi::Word bit(unsigned number) { return abi::Word{1} << number; }

/// "ram" and 2: "ram2".
protocols::Name numbered(std::string_view name, std::size_t number) {
    protocols::Name result{};
    protocols::TextBuilder(std::span(result).first(result.size() - 1)).put(name).decimal(number);
    return result;
}

runtime::Notification events_of(World const& world, std::uint32_t service) {
    return service == manifest::supervisor ? world.events : world.services[service].holdings.events;
}

protocols::Name name_of(World const& world, std::uint32_t service) {
    return service == manifest::supervisor ? protocols::make_name("supervisor")
                                           : world.services[service].entry->name;
}

base::Result<> give_session(World& world, Child& child, std::size_t index) {
    auto const& entry = world.sessions.all()[index];
    bool const client = entry.client == child.service().index;
    auto const peer = client ? entry.server : entry.client;
    auto const own_bit = client ? entry.client_bit : entry.server_bit;
    auto const peer_bit = client ? entry.server_bit : entry.client_bit;

    protocols::Session session{};
    session.name = entry.protocol;
    session.peer = name_of(world, peer);
    session.role = client ? protocols::SessionRole::client : protocols::SessionRole::server;
    session.badge = client ? 0 : entry.badge;
    session.own_bits = bit(own_bit);
    session.wake_peer =
        TRY(child.mint(events_of(world, peer).address(), signal_only, bit(peer_bit)));
    // Nobody calls the supervisor, which must never be busy with one client.
    if (client && peer != manifest::supervisor)
        session.endpoint = TRY(child.mint(world.services[peer].holdings.endpoint.address(),
                                          client_rights, entry.badge));
    if (entry.bytes > 0) {
        session.bytes = entry.bytes;
        session.address = child.next_session_address(entry.bytes);
        TRY(child.map_whole(world.sessions.memory(index), session.address, entry.bytes,
                            abi::Protection::read_write));
    }
    return child.add(session);
}

base::Result<> give_logs(World& world, Child& child) {
    auto const bytes = world.records.logs_bytes();
    auto const address = child.next_session_address(bytes);
    TRY(child.map_whole(world.records.logs(), address, bytes, abi::Protection::read));
    return child.add(protocols::Resource{
        protocols::make_name("logs"), protocols::ResourceType::memory, {}, address, bytes, 0});
}

base::Result<> give_grant(World& world, Child& child, manifest::Grant const& grant,
                          std::size_t& interrupt) {
    using protocols::ResourceType;
    protocols::Resource resource{};
    resource.name = grant.name;
    resource.first = grant.first;
    resource.count = grant.count;
    switch (grant.type) {
    case manifest::GrantType::ports:
        resource.type = ResourceType::io_ports;
        resource.cap = TRY(child.mint(boot_cap(abi::boot_slot::io_ports), abi::all_rights,
                                      grant.first, grant.count));
        return child.add(resource);
    case manifest::GrantType::interrupt:
        resource.type = ResourceType::interrupt;
        resource.bits = bit(grant.bit);
        resource.cap = TRY(child.copy(child.service().holdings.interrupts[interrupt++].address()));
        return child.add(resource);
    case manifest::GrantType::archives: break;
    }
    std::size_t number = 0;
    for (auto const& archive : world.files.file_archives()) {
        resource = {numbered("archive", number++),
                    ResourceType::memory,
                    {},
                    0,
                    archive.pages * abi::page_bytes,
                    0};
        resource.cap = TRY(
            child.mint(archive.module.address(),
                       abi::mask(abi::rights(abi::MemoryRights::read, abi::MemoryRights::execute)),
                       archive.first_page, archive.pages));
        TRY(child.add(resource));
    }
    return {};
}

base::Result<> give_ram(Child& child) {
    auto& holdings = child.service().holdings;
    for (std::size_t i = 0; i < holdings.ram_pieces; i++) {
        auto& piece = holdings.ram[i];
        auto const lent = TRY(piece.lent.copy(piece.memory));
        auto const cap = TRY(child.copy(lent.address()));
        TRY(child.add(protocols::Resource{numbered("ram", i), protocols::ResourceType::memory, cap,
                                          0, piece.bytes, 0}));
    }
    return {};
}

} // namespace

base::Result<> give_sessions(World& world, Child& child) {
    bool sees_services = false;
    auto const sessions = world.sessions.all();
    for (std::size_t i = 0; i < sessions.size(); i++) {
        auto const index = child.service().index;
        if (sessions[i].client != index && sessions[i].server != index) continue;
        TRY(give_session(world, child, i));
        sees_services = sees_services || sessions[i].server == manifest::supervisor;
    }
    return sees_services ? give_logs(world, child) : base::Result<>{};
}

base::Result<> give_resources(World& world, Child& child) {
    std::size_t interrupt = 0;
    for (auto const& grant : world.manifest.grants())
        if (grant.service == child.service().index) TRY(give_grant(world, child, grant, interrupt));
    TRY(give_ram(child));
    auto const control = static_cast<abi::RightsMask>(child.service().entry->control);
    if (control == 0) return {};
    auto const cap = TRY(child.copy(boot_cap(abi::boot_slot::control), control));
    return child.add(protocols::Resource{protocols::make_name("control"),
                                         protocols::ResourceType::control, cap, 0, 0, 0});
}

} // namespace supervisor
