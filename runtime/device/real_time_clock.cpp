#include <runtime/device/real_time_clock.hpp>

namespace device {

namespace {

constexpr std::uint16_t index_port = 0x70;
constexpr std::uint16_t data_port = 0x71;
constexpr std::uint8_t status_a = 0x0a, status_b = 0x0b;
constexpr std::uint8_t update_in_progress = 0x80;

} // namespace

base::Result<std::uint8_t> RealTimeClock::read(std::uint8_t index) const {
    TRY(ports_.write(index_port, index));
    return ports_.read<std::uint8_t>(data_port);
}

base::Result<ClockRegisters> RealTimeClock::read_registers() const {
    // An update takes at most 2 ms; a clock that is always in one isn't there.
    for (int tries = 0; tries < 1000; tries++)
        if ((TRY(read(status_a)) & update_in_progress) == 0) break;
    return ClockRegisters{
        .second = TRY(read(0)),
        .minute = TRY(read(2)),
        .hour = TRY(read(4)),
        .day = TRY(read(7)),
        .month = TRY(read(8)),
        .year = TRY(read(9)),
        .century = century_index_ != 0 ? TRY(read(century_index_)) : std::uint8_t{0},
        .status_b = TRY(read(status_b)),
    };
}

base::Result<std::uint64_t> RealTimeClock::read() const {
    // An update may fall between two registers: two readings that agree are one.
    auto now = TRY(read_registers());
    for (int tries = 0; tries < 8; tries++) {
        auto const again = TRY(read_registers());
        if (again == now) break;
        now = again;
    }
    return seconds_since_1970(decode(now));
}

} // namespace device
