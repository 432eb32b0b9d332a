#pragma once
// Device memory by physical address. An Untyped gives its range out from the bottom; the registers
// of one device lie somewhere in it. So all of it is made one Memory, of which each device gets a
// part.

#include <runtime/object/cap_pool.hpp>
#include <runtime/object/untyped.hpp>

namespace device {

class DeviceMemory {
public:
    /// All that is left of `range`, an Untyped of device memory, uncached. The record is paid from
    /// `records`.
    static base::Result<DeviceMemory> take(runtime::Untyped range, runtime::Untyped records);

    std::uint64_t begin() const { return begin_; }
    std::uint64_t end() const { return begin_ + bytes_; }
    bool covers(std::uint64_t physical, std::uint64_t bytes) const {
        return physical >= begin_ && physical < end() && bytes <= end() - physical;
    }

    /// The pages that hold these bytes, for one device: a child that is revoked with all of it.
    base::Result<runtime::Owned<runtime::Memory>> part(std::uint64_t physical,
                                                       std::uint64_t bytes) const;

private:
    runtime::Owned<runtime::Memory> memory_;
    std::uint64_t begin_ = 0;
    std::uint64_t bytes_ = 0;
};

} // namespace device
