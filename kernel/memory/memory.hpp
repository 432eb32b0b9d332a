#pragma once
// Memory: a physically contiguous extent of page frames, RAM or device, with one cache attribute. A
// capability may be narrower than the object: its slot's `data` says which pages it covers.

#include <kernel/cap/slot.hpp>
#include <kernel/object/untyped.hpp>

namespace kernel {

class Memory : public ObjectOf<abi::Kind::memory> {
public:
    using Rights = abi::MemoryRights;

    Memory(base::Phys start, std::uint64_t pages, abi::Cache cache, bool device, Untyped* range)
        : range_(range), start_(start), pages_(pages), cache_(cache), device_(device) {}

    base::Phys start() const { return start_; }
    std::uint64_t pages() const { return pages_; }
    abi::Cache cache() const { return cache_; }
    bool device() const { return device_; }
    Untyped* range() const { return range_; }

    /// Where what a capability covers begins.
    base::Phys start_of(Slot const& slot) const {
        return start_ + std::uint64_t{slot.first()} * abi::page_bytes;
    }

    bool destroy(unsigned& budget) {
        auto const bytes = pages_ * abi::page_bytes;
        return !range_ || range_->give_back_range(start_, bytes, bytes, zeroed_, budget);
    }

private:
    Untyped* const range_; ///< whose range it is; null: given out at boot
    base::Phys const start_;
    std::uint64_t const pages_;
    std::uint64_t zeroed_ = 0;
    abi::Cache const cache_;
    bool const device_;
};

} // namespace kernel
