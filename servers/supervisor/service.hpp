#pragma once
// One service: its entry in the manifest, what it holds for life, and its present incarnation.

#include <protocols/manifest.hpp>
#include <protocols/services.hpp>
#include <runtime/handle.hpp>
#include <runtime/memory.hpp>
#include <servers/supervisor/boot_files.hpp>
#include <servers/supervisor/hang_watch.hpp>
#include <servers/supervisor/layout_plan.hpp>
#include <servers/supervisor/own_slot.hpp>
#include <servers/supervisor/restart_policy.hpp>

#include <array>
#include <optional>

namespace supervisor {

/// Memory that outlives an incarnation. What is given out hangs below `lent`, so that one revoke
/// takes it back and the supervisor's own mapping stays.
struct LentMemory {
    runtime::Memory memory;
    OwnSlot<runtime::Memory> lent;
    std::uint64_t bytes = 0;
};

/// What a service has as long as the system runs.
struct Holdings {
    static constexpr std::size_t most_ram_pieces = 6;
    static constexpr std::size_t most_interrupts = 16;

    runtime::Endpoint endpoint;
    runtime::Notification events;
    runtime::Endpoint keeper; ///< ours, with the service's badge: where its faults go
    runtime::Untyped objects;
    std::uint64_t objects_bytes = 0;
    LentMemory own;            ///< laid out as LayoutPlan says
    runtime::Mapping own_view; ///< the same, in our own space
    runtime::Memory text;      ///< the program's file, to read and execute
    std::array<LentMemory, most_ram_pieces> ram;
    std::size_t ram_pieces = 0;
    std::array<runtime::Interrupt, most_interrupts> interrupts; ///< in the order of its grants
};

/// The process that runs now, or ran last.
struct Incarnation {
    OwnSlot<runtime::CapPool> pool;
    OwnSlot<runtime::AddressSpace> space;
    OwnSlot<runtime::Process> process;
    OwnSlot<runtime::Thread> thread;
    OwnSlot<runtime::SchedContext> context;
};

struct Service {
    protocols::manifest::Service const* entry = nullptr;
    std::uint32_t index = 0;
    Program program;
    std::optional<LayoutPlan> plan; ///< nothing: the program can't be run
    Holdings holdings;
    Incarnation incarnation;
    bool built = false; ///< the incarnation's objects are there

    protocols::services::Row row{}; ///< as it is shown
    RestartPolicy policy;
    HangWatch watch;
    bool has_predecessor = false;
    abi::RegisterFile predecessor{};

    std::string_view name() const { return protocols::view(entry->name); }
    bool running() const { return row.state == protocols::services::State::running; }
};

} // namespace supervisor
