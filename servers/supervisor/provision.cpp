#include <servers/supervisor/provision.hpp>

#include <servers/supervisor/journal.hpp>
#include <servers/supervisor/memory_plan.hpp>

#include <abi/boot.hpp>
#include <formats/elf.hpp>

#include <algorithm>
#include <array>

namespace supervisor {

namespace {

namespace manifest = protocols::manifest;
using protocols::services::State;

/// True if the program can be run; else it says why not.
bool find_program(BootFiles const& files, Service& service) {
    auto const& entry = *service.entry;
    auto const program = files.program(protocols::view(entry.program));
    if (!program) {
        note("{}: there is no program '{}' in the boot image", service.name(),
             protocols::view(entry.program));
        return false;
    }
    auto const layout = elf::parse(program->file);
    if (!layout) {
        note("{}: {}", service.name(), elf::explain(layout.error()));
        return false;
    }
    auto const plan = LayoutPlan::make(*layout, entry.stack_bytes, entry.heap_bytes);
    if (!plan) {
        note("{}: {}", service.name(), explain(plan.error()));
        return false;
    }
    service.program = *program;
    service.plan = *plan;
    return true;
}

base::Result<> reserve_slots(Service& service) {
    auto& incarnation = service.incarnation;
    TRY(incarnation.pool.reserve());
    TRY(incarnation.space.reserve());
    TRY(incarnation.process.reserve());
    TRY(incarnation.thread.reserve());
    TRY(incarnation.context.reserve());
    return service.holdings.own.lent.reserve();
}

base::Result<> make_meeting_places(Service& service, Sources const& sources) {
    runtime::Untyped const objects(runtime::environment().objects);
    auto& holdings = service.holdings;
    holdings.endpoint = TRY(objects.make<runtime::Endpoint>()).release();
    holdings.events = TRY(objects.make<runtime::Notification>()).release();
    holdings.keeper = TRY(runtime::mint(sources.faults, abi::mask(abi::EndpointRights::send),
                                        fault_badge(service.index)))
                          .release();
    return {};
}

base::Result<> make_interrupts(World const& world, Service& service) {
    runtime::Control const control({abi::boot_slot::control, 1});
    runtime::Untyped const objects(runtime::environment().objects);
    std::size_t count = 0;
    for (auto const& grant : world.manifest.grants()) {
        if (grant.service != service.index || grant.type != manifest::GrantType::interrupt)
            continue;
        auto interrupt = TRY(control.make_interrupt(objects, grant.first, grant.flags)).release();
        TRY(interrupt.bind(service.holdings.events, abi::Word{1} << grant.bit));
        service.holdings.interrupts[count++] = interrupt;
    }
    return {};
}

base::Result<> take_memory(Service& service, ServiceMemory const& share, Ram& ram) {
    auto& holdings = service.holdings;
    auto const& program = service.program;
    holdings.own.bytes = service.plan->own_bytes();
    holdings.own.memory = TRY(ram.memory(holdings.own.bytes));
    holdings.own_view = TRY(runtime::map(holdings.own.memory, holdings.own.bytes));
    holdings.objects_bytes = share.objects_bytes;
    holdings.objects = TRY(ram.untyped(share.objects_bytes));
    holdings.text = TRY(runtime::mint(program.module,
                                      abi::mask(abi::rights(abi::MemoryRights::read,
                                                            abi::MemoryRights::execute)),
                                      program.first_page, program.pages()))
                        .release();
    return {};
}

/// Few large pieces. Last of all, since they take what is left.
base::Result<> take_ram(Service& service, std::uint64_t bytes, Ram& ram) {
    auto& holdings = service.holdings;
    std::uint64_t taken = 0;
    while (bytes - taken >= abi::large_page_bytes &&
           holdings.ram_pieces < Holdings::most_ram_pieces) {
        auto const piece = ram.largest_piece(bytes - taken);
        if (!piece) break;
        auto& into = holdings.ram[holdings.ram_pieces];
        TRY(into.lent.reserve());
        into.memory = piece->memory;
        into.bytes = piece->bytes;
        taken += piece->bytes;
        holdings.ram_pieces++;
    }
    return taken >= service.entry->ram_bytes ? base::Result<>{} : base::fail(abi::Error::no_memory);
}

base::Result<> provide(World& world, Service& service, ServiceMemory const& share,
                       Sources const& sources) {
    TRY(reserve_slots(service));
    TRY(make_interrupts(world, service));
    return take_memory(service, share, sources.ram);
}

void fail(Service& service, std::string_view why, abi::Error error) {
    note("{}: {}: {}", service.name(), why, error);
    service.row.state = State::failed;
}

std::uint64_t memory_of(Service const& service) {
    std::uint64_t sum = service.holdings.own.bytes + service.holdings.objects_bytes;
    for (auto const& piece : service.holdings.ram) sum += piece.bytes;
    return sum;
}

} // namespace

base::Result<> provision(World& world, Sources const& sources) {
    std::array<std::uint64_t, manifest::most_services> fixed{};
    for (auto& service : world.services) {
        // Peers need these even of a service that can't run.
        TRY(make_meeting_places(service, sources));
        if (!find_program(world.files, service)) service.row.state = State::failed;
        if (service.plan) fixed[service.index] = service.plan->own_bytes();
    }
    auto const plan = plan_memory(sources.ram.free_bytes(), world.manifest.services(), fixed);
    for (auto& service : world.services) {
        auto const& share = plan[service.index];
        if (!service.plan) continue;
        if (!share.enough) {
            fail(service, "the machine has too little memory", abi::Error::no_memory);
            continue;
        }
        if (auto const done = provide(world, service, share, sources); !done)
            fail(service, "can't be provided for", done.error());
    }
    for (auto& service : world.services) {
        if (service.row.state == State::failed) continue;
        auto const taken = take_ram(service, plan[service.index].ram_bytes, sources.ram);
        if (!taken) fail(service, "RAM of its own", taken.error());
        service.row.memory_bytes = memory_of(service);
    }
    return {};
}

} // namespace supervisor
