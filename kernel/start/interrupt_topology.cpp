#include <kernel/start/interrupt_topology.hpp>

#include <formats/acpi.hpp>

namespace kernel {
namespace acpi = formats::acpi;
namespace madt = formats::acpi::madt;
namespace {

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
    default: break;
    }
}

} // namespace

InterruptTopology InterruptTopology::read(Bytes bytes) {
    InterruptTopology topology;
    if (bytes.size() < sizeof(acpi::Madt)) return topology;

    Bytes rest = bytes.subspan(sizeof(acpi::Madt));
    while (auto const entry = read_object<madt::Entry>(rest)) {
        if (entry->bytes < sizeof(madt::Entry) || entry->bytes > rest.size()) break;
        add(topology, rest.first(entry->bytes));
        rest = rest.subspan(entry->bytes);
    }
    return topology;
}

} // namespace kernel
