#include <kernel/start/regions.hpp>

#include <kernel/log/check.hpp>
#include <kernel/memory/memory.hpp>
#include <kernel/object/reserved.hpp>

namespace kernel {

void Regions::add(abi::RegionType type, Object& object, base::Phys start, std::uint64_t bytes,
                  abi::RightsMask rights) {
    check(regions_.push_back({type, &object, start, bytes, rights}),
          "the physical memory map has no more parts than boot regions");
}

void Regions::add(BootHeap& heap, base::Phys start, base::Phys end, MemoryUse use) {
    auto const bytes = end - start;
    if (bytes == 0) return;
    switch (use) {
    case MemoryUse::usable: {
        auto& untyped = heap.make<Untyped>(start, bytes, false, false, nullptr);
        if (!largest_ || largest_->bytes() < bytes) largest_ = &untyped;
        add(abi::RegionType::untyped, untyped, start, bytes);
        break;
    }
    case MemoryUse::device:
    case MemoryUse::firmware_reserved:
        add(abi::RegionType::device, heap.make<Untyped>(start, bytes, true, false, nullptr), start,
            bytes);
        break;
    case MemoryUse::module:
        add(abi::RegionType::module,
            heap.make<Memory>(start, bytes / abi::page_bytes, abi::Cache::write_back, false,
                              nullptr),
            start, bytes);
        break;
    case MemoryUse::firmware:
        add(abi::RegionType::firmware,
            heap.make<Memory>(start, bytes / abi::page_bytes, abi::Cache::write_back, false,
                              nullptr),
            start, bytes, abi::mask(abi::MemoryRights::read));
        break;
    case MemoryUse::kernel:
        add(abi::RegionType::reserved, heap.make<Reserved>(start, bytes), start, bytes);
        break;
    }
}

Regions::Regions(BootDescription& boot) {
    auto& heap = boot.heap;
    for (auto const& range : boot.memory.ranges()) {
        auto const holds_heap = range.use == MemoryUse::kernel && range.begin <= heap.begin() &&
                                heap.end() <= range.end;
        if (!holds_heap) {
            add(heap, range.begin, range.end, range.use);
            continue;
        }
        // The heap's own pages end where it has come to when all regions are made: those that
        // follow are reserved with it for a small number of objects yet.
        auto const kept = base::Phys{heap.unused() + regions_.capacity * sizeof(Untyped)};
        auto const split =
            base::Phys{std::min(base::align_up(kept.raw, abi::page_bytes), heap.end().raw)};
        add(heap, range.begin, split, MemoryUse::kernel);
        add(heap, split, heap.end(), MemoryUse::usable);
        add(heap, heap.end(), range.end, MemoryUse::kernel);
        heap.shrink(split);
    }
    check(largest_, "there is memory for the first process");
}

std::uint32_t Regions::of_module(abi::BootInfo const& info, base::Phys start) {
    for (std::uint32_t i = 0; i < info.regions; i++) {
        auto const& region = info.region[i];
        if (region.type == abi::RegionType::module && start.raw >= region.physical &&
            start.raw < region.physical + region.bytes)
            return i;
    }
    check(false, "the boot module is a region");
    return 0;
}

} // namespace kernel
