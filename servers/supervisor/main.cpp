// The first process. It finds all memory and devices of the machine and the boot archives, gives
// each service what the manifest says, and keeps them alive.

#include <runtime/clock.hpp>
#include <runtime/device/real_time_clock.hpp>
#include <runtime/log.hpp>
#include <servers/supervisor/journal.hpp>
#include <servers/supervisor/provision.hpp>
#include <servers/supervisor/supervisor.hpp>

#include <array>

namespace {

using namespace supervisor;
namespace manifest = protocols::manifest;

/// Without it there is no system: say why, and stop the machine.
template <class T> T must(base::Result<T> result, std::string_view what) {
    if (!result) {
        note("the system can't start: {}: {}", what, result.error());
        (void)runtime::Control({abi::boot_slot::control, 1}).power_off(125);
        runtime::give_up("and can't stop either");
    }
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

base::Result<manifest::Manifest> read_manifest(BootFiles const& files) {
    auto const read = manifest::Manifest::open(files.manifest());
    if (read) return *read;
    note("{}", manifest::explain(read.error()));
    return base::fail(abi::Error::bad_argument);
}

/// Tell the kernel what time it is, as the machine's own clock says.
base::Result<> set_wall_clock(abi::BootInfo const& info) {
    auto const seconds = TRY(device::RealTimeClock(runtime::IoPorts({abi::boot_slot::io_ports, 1}),
                                                   static_cast<std::uint8_t>(info.century_index))
                                 .read());
    return runtime::Control({abi::boot_slot::control, 1})
        .set_wall_clock(seconds * 1'000'000'000 - runtime::now_ns());
}

/// Far too large for a stack.
constinit std::array<Service, manifest::most_services> all_services{};

} // namespace

int main() {
    auto const& info = *runtime::environment().boot;
    runtime::Untyped const objects(runtime::environment().objects);
    auto const faults = must(objects.make<runtime::Endpoint>(), "an Endpoint").release();
    auto const events = must(objects.make<runtime::Notification>(), "a Notification").release();
    must(runtime::Thread(runtime::first_thread).bind_notification(events.address()), "events");

    if (auto const set = set_wall_clock(info); !set) note("the wall clock: {}", set.error());
    static BootFiles const files(info);
    static auto const policy = must(read_manifest(files), "the manifest");
    auto const services = std::span(all_services).first(policy.services().size());
    for (std::uint32_t i = 0; i < services.size(); i++) {
        auto& service = services[i];
        service.entry = &policy.services()[i];
        service.index = i;
        service.policy = RestartPolicy(*service.entry);
    }

    Ram ram(info);
    static Records records;
    static Sessions sessions;
    must(records.make(ram, policy.services()), "the logs");
    open_journal(records.own_log());
    must(sessions.make(ram, policy.sessions()), "the sessions");
    World world{files, policy, services, records, sessions, events};
    must(provision(world, {ram, faults}), "dividing the machine");
    for (auto& service : services) {
        service.row.name = service.entry->name;
        service.row.log_offset = records.log_offset(service.index);
        service.row.log_bytes = records.log_bytes(service.index);
    }
    static Supervisor supervisor(world, faults);
    supervisor.run();
}
