#include <kernel/arch/x86_64/real_time_clock.hpp>

#include <kernel/arch/x86_64/calendar.hpp>
#include <kernel/arch/x86_64/instructions.hpp>

namespace kernel::arch {
namespace {

constexpr std::uint16_t index_port = 0x70;
constexpr std::uint16_t data_port = 0x71;
constexpr std::uint8_t status_a = 0x0a, status_b = 0x0b;
constexpr std::uint8_t update_in_progress = 0x80;

std::uint8_t read(std::uint8_t index) {
    out8(index_port, index);
    return in8(data_port);
}

ClockRegisters read_registers(std::uint8_t century_index) {
    // An update takes at most 2 ms; a clock that is always in one isn't there.
    for (int tries = 0; tries < 10'000; tries++)
        if ((read(status_a) & update_in_progress) == 0) break;
    return {
        .second = read(0),
        .minute = read(2),
        .hour = read(4),
        .day = read(7),
        .month = read(8),
        .year = read(9),
        .century = century_index != 0 ? read(century_index) : std::uint8_t{0},
        .status_b = read(status_b),
    };
}

} // namespace

std::uint64_t read_wall_clock(std::uint8_t century_index) {
    // An update may fall between two registers: two readings that agree are one.
    ClockRegisters now = read_registers(century_index);
    for (int tries = 0; tries < 8; tries++) {
        ClockRegisters const again = read_registers(century_index);
        if (again == now) break;
        now = again;
    }
    return seconds_since_1970(decode(now));
}

} // namespace kernel::arch
