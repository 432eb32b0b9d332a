#include <tests/model/snapshot.hpp>

#include <cstring>

namespace model {

using namespace kernel;

namespace {
/// Memory that a program may come to use beyond what it has to begin with: tables, attachments.
constexpr std::uint64_t slack = 40 << 10;
constexpr std::size_t piece = 512;
} // namespace

Territory::Territory(kernel::testing::World& world) {
    auto const add = [&](void* start, std::size_t bytes) {
        regions_.emplace_back(static_cast<std::byte*>(start), bytes);
        bytes_ += bytes;
    };
    auto const anchors = world.anchors();
    for (auto* slot : anchors) {
        add(slot, sizeof *slot);
        auto& object = *slot->object;
        add(&object, object.kind == abi::Kind::untyped ? sizeof(Untyped) : sizeof(Object));
    }
    add(&root(), sizeof(Root));
    add(&world.processor(), sizeof(Processor));
    auto& all = static_cast<Untyped&>(*anchors.front()->object);
    limits_.emplace_back(&all, all.high_);
    auto at = all.base_;
    // The programs' own memory only as far as it is used; between them lie the records.
    for (auto const& program : world.programs()) {
        auto& own = *program.memory;
        add(arch::to_virtual(at), own.base_ - at);
        auto const used = std::min(own.high_ + slack, own.bytes_);
        add(arch::to_virtual(own.base_), used);
        limits_.emplace_back(&own, used);
        at = own.base_ + own.bytes_;
    }
    add(arch::to_virtual(at), (all.base_ + all.high_) - at);
}

bool Territory::kept() const {
    for (auto const& [untyped, limit] : limits_)
        if (untyped->high_ > limit) return false;
    return true;
}

void Snapshot::save(Territory const& territory) {
    bytes_.resize(territory.bytes());
    auto* to = bytes_.data();
    for (auto const region : territory.regions()) {
        std::memcpy(to, region.data(), region.size());
        to += region.size();
    }
    machine_ = arch::fake_machine;
}

void Snapshot::restore(Territory const& territory) const {
    auto const* from = bytes_.data();
    for (auto const region : territory.regions()) {
        for (std::size_t at = 0; at < region.size(); at += piece) {
            auto const length = std::min(piece, region.size() - at);
            if (std::memcmp(region.data() + at, from + at, length) != 0)
                std::memcpy(region.data() + at, from + at, length);
        }
        from += region.size();
    }
    arch::fake_machine = machine_;
}

std::byte const* Snapshot::then(Territory const& territory, void const* object) const {
    auto const* const wanted = static_cast<std::byte const*>(object);
    auto const* from = bytes_.data();
    for (auto const region : territory.regions()) {
        if (wanted >= region.data() && wanted < region.data() + region.size())
            return from + (wanted - region.data());
        from += region.size();
    }
    return nullptr;
}

} // namespace model
