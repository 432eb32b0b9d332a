#pragma once
// The battery-backed clock (Motorola MC146818). It is taken to run in UTC.

#include <base/result.hpp>
#include <runtime/device/calendar.hpp>
#include <runtime/object/io_ports.hpp>

namespace device {

class RealTimeClock {
public:
    /// `ports` covers 0x70 and 0x71. `century_index`: where the century is kept, 0 if nowhere.
    RealTimeClock(runtime::IoPorts ports, std::uint8_t century_index)
        : ports_(ports), century_index_(century_index) {}

    /// Seconds since 1970.
    base::Result<std::uint64_t> read() const;

private:
    runtime::IoPorts ports_;
    std::uint8_t century_index_;

    base::Result<std::uint8_t> read(std::uint8_t index) const;
    base::Result<ClockRegisters> read_registers() const;
};

} // namespace device
