#include <servers/supervisor/ram.hpp>

#include <algorithm>

namespace supervisor {

Ram::Ram(abi::BootInfo const& info) {
    for (auto const& region :
         std::span(info.region).first(std::min(info.regions, abi::max_boot_regions))) {
        if (region.type != abi::RegionType::untyped || count_ == regions_.size()) continue;
        regions_[count_++].untyped = runtime::Untyped(region.cap);
    }
    for (auto& region : std::span(regions_).first(count_)) region.free = ask_free(region.untyped);
}

std::uint64_t Ram::ask_free(runtime::Untyped untyped) {
    auto const info = runtime::CapPool(runtime::own_pool).inspect(untyped.address().slot());
    return info ? info->free_bytes : 0;
}

std::uint64_t Ram::free_bytes() const {
    std::uint64_t sum = 0;
    for (auto const& region : std::span(regions_).first(count_)) sum += region.free;
    return sum;
}

Ram::Region* Ram::smallest_with(std::uint64_t bytes, std::uint64_t more_than) {
    Region* best = nullptr;
    for (auto& region : std::span(regions_).first(count_))
        if (region.free >= bytes && region.free > more_than &&
            (best == nullptr || region.free < best->free))
            best = &region;
    return best;
}

template <class Take>
auto Ram::take(std::uint64_t bytes, Take const& take_from)
    -> decltype(take_from(regions_[0].untyped)) {
    // A region may have enough in sum and not in one piece: then the next larger one is asked.
    std::uint64_t asked = 0;
    while (auto* const region = smallest_with(bytes, asked)) {
        asked = region->free;
        auto taken = take_from(region->untyped);
        if (taken || taken.error() != abi::Error::no_memory) {
            region->free = ask_free(region->untyped);
            return taken;
        }
    }
    return base::fail(abi::Error::no_memory);
}

base::Result<runtime::Memory> Ram::memory(std::uint64_t bytes) {
    auto const from = [&](runtime::Untyped untyped) { return untyped.make_memory(bytes); };
    return TRY(take(bytes, from)).release();
}

base::Result<runtime::Untyped> Ram::untyped(std::uint64_t bytes) {
    auto const from = [&](runtime::Untyped untyped) { return untyped.split(bytes); };
    return TRY(take(bytes, from)).release();
}

base::Result<Ram::Piece> Ram::largest_piece(std::uint64_t most) {
    constexpr auto step = abi::large_page_bytes;
    std::uint64_t largest = 0;
    for (auto const& region : std::span(regions_).first(count_))
        largest = std::max(largest, region.free);
    // Alignment and earlier pieces make the largest run shorter than the sum, by a few steps.
    for (auto bytes = std::min(most, largest) & ~(step - 1); bytes >= step; bytes -= step) {
        auto made = take(
            bytes, [&](runtime::Untyped untyped) { return untyped.make_unread_memory(bytes); });
        if (made) return Piece{made->release(), bytes};
        if (made.error() != abi::Error::no_memory) return base::fail(made.error());
    }
    return base::fail(abi::Error::no_memory);
}

} // namespace supervisor
