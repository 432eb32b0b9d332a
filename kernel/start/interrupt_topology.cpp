#include <kernel/start/interrupt_topology.hpp>

#include <formats/acpi.hpp>

namespace kernel {
namespace acpi = formats::acpi;
namespace madt = formats::acpi::madt;
namespace {

InterruptTopology::Override wiring(madt::SourceOverride const& entry) {
    constexpr unsigned active_low = 3, level = 3;
    return {
        .isa = entry.source,
        .line = entry.line,
        .level = (entry.flags >> 2 & 3) == level,
        .active_low = (entry.flags & 3) == active_low,
    };
}

/// What does not fit is left out: a machine larger than our lists runs with a part of itself.
void add(InterruptTopology& to, Bytes entry) {
    switch (static_cast<madt::Type>(entry[0])) {
    case madt::Type::local_apic:
        if (auto const e = read_object<madt::LocalApic>(entry))
            if ((e->flags & madt::processor_flags::enabled) != 0)
                static_cast<void>(to.processors.push_back(e->id));
        break;
    case madt::Type::io_apic:
        if (auto const e = read_object<madt::IoApic>(entry))
            static_cast<void>(to.controllers.push_back({{e->address}, e->first_line, e->id}));
        break;
    case madt::Type::source_override:
        if (auto const e = read_object<madt::SourceOverride>(entry); e && e->bus == 0)
            static_cast<void>(to.overrides.push_back(wiring(*e)));
        break;
    case madt::Type::local_apic_address:
        if (auto const e = read_object<madt::LocalApicAddress>(entry)) to.local_apic = {e->address};
        break;
    default: break;
    }
}

} // namespace

InterruptTopology InterruptTopology::read(Bytes bytes) {
    InterruptTopology topology;
    auto const table = read_object<acpi::Madt>(bytes);
    if (!table) return topology;
    topology.local_apic = {table->local_apic};

    Bytes rest = bytes.subspan(sizeof(acpi::Madt));
    while (auto const entry = read_object<madt::Entry>(rest)) {
        if (entry->bytes < sizeof(madt::Entry) || entry->bytes > rest.size()) break;
        add(topology, rest.first(entry->bytes));
        rest = rest.subspan(entry->bytes);
    }
    return topology;
}

InterruptTopology::Override InterruptTopology::isa(std::uint8_t number) const {
    for (Override const& o : overrides)
        if (o.isa == number) return o;
    return {.isa = number, .line = number};
}

} // namespace kernel
