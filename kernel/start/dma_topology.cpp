#include <kernel/start/dma_topology.hpp>

#include <formats/acpi.hpp>

#include <algorithm>

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
        bool const bridge = scope->type == dmar::ScopeType::bridge;
        if (bridge || (scope->type == dmar::ScopeType::function && scope->bytes == sizeof *scope))
            static_cast<void>(scopes.push_back(
                {std::uint32_t{unit->segment} << 16 | std::uint32_t{scope->bus} << 8 |
                     std::uint32_t{scope->device} << 3 | scope->function,
                 bridge}));
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
        auto const entry = rest.first(head->bytes);
        rest = rest.subspan(head->bytes);
        if (head->type == dmar::Type::unit) topology.add_unit(entry);
        if (head->type == dmar::Type::reserved_memory)
            if (auto const e = read_object<dmar::ReservedMemory>(entry))
                static_cast<void>(topology.demands.push_back({{e->first}, {e->last}, e->segment}));
    }
    return topology;
}

bool DmaTopology::serves(std::uint32_t device) const {
    return std::ranges::any_of(units,
                               [&](Unit const& unit) {
                                   return unit.serves_the_rest && unit.segment == device >> 16;
                               }) ||
           std::ranges::any_of(scopes, [&](Scope const& scope) {
               return scope.bridge
                          ? scope.device >> 16 == device >> 16 && scope.device >> 8 != device >> 8
                          : scope.device == device;
           });
}

} // namespace kernel
