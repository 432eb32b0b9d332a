#include <kernel/start/dma_topology.hpp>

#include <formats/acpi.hpp>

namespace kernel {
namespace dmar = formats::acpi::dmar;

void DmaTopology::add_unit(Bytes entry) {
    auto const unit = read_object<dmar::Unit>(entry);
    if (!unit ||
        !units.push_back(
            {{unit->registers}, unit->segment, (unit->flags & dmar::serves_the_rest) != 0})) {
        whole = false;
        return;
    }
    // A scope that makes no sense, or is one too many, is a device that can't be attached.
    Bytes rest = entry.subspan(sizeof(dmar::Unit));
    while (auto const scope = read_object<dmar::Scope>(rest)) {
        if (scope->bytes < sizeof(dmar::Scope) || scope->bytes > rest.size()) break;
        auto const device = std::uint32_t{unit->segment} << 16 | std::uint32_t{scope->bus} << 8 |
                            std::uint32_t{scope->device} << 3 | scope->function;
        bool const direct = scope->bytes == sizeof(dmar::Scope);
        if (scope->type == dmar::ScopeType::bridge)
            static_cast<void>(scopes.push_back({device, true}));
        else if (direct && scope->type == dmar::ScopeType::function)
            static_cast<void>(scopes.push_back({device, false}));
        else if (direct && scope->type == dmar::ScopeType::io_apic)
            static_cast<void>(io_apics.push_back({scope->enumeration, device}));
        rest = rest.subspan(scope->bytes);
    }
}

DmaTopology DmaTopology::read(Bytes bytes) {
    DmaTopology topology;
    if (bytes.size() < sizeof(formats::acpi::Dmar)) return topology;
    Bytes rest = bytes.subspan(sizeof(formats::acpi::Dmar));
    while (auto const head = read_object<dmar::Structure>(rest)) {
        if (head->bytes < sizeof(dmar::Structure) || head->bytes > rest.size()) {
            topology.whole = false;
            break;
        }
        if (head->type == dmar::Type::unit) topology.add_unit(rest.first(head->bytes));
        if (head->type == dmar::Type::reserved_memory) topology.demands++;
        rest = rest.subspan(head->bytes);
    }
    return topology;
}

bool DmaTopology::serves(std::uint32_t device) const {
    for (auto const& unit : units)
        if (unit.serves_the_rest && unit.segment == device >> 16) return true;
    for (auto const& scope : scopes)
        if (scope.bridge ? scope.device >> 16 == device >> 16 && scope.device >> 8 != device >> 8
                         : scope.device == device)
            return true;
    return false;
}

std::optional<std::uint32_t> DmaTopology::source_of(std::uint8_t io_apic) const {
    for (auto const& one : io_apics)
        if (one.id == io_apic) return one.source;
    return {};
}

} // namespace kernel
