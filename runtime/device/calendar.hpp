#pragma once
// From what the real-time clock shows to seconds since 1970.

#include <cstdint>

namespace device {

/// The clock's registers as they are read; status B says how they are to be understood.
struct ClockRegisters {
    std::uint8_t second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0, century = 0;
    std::uint8_t status_b = 0;

    bool operator==(ClockRegisters const&) const = default;
};

/// A date and time of the proleptic Gregorian calendar, UTC.
struct CivilTime {
    std::uint32_t year, month, day, hour, minute, second;
};

constexpr CivilTime decode(ClockRegisters const& r) {
    constexpr std::uint8_t binary = 1 << 2, hours_24 = 1 << 1, afternoon = 0x80;
    auto const number = [&](unsigned n) -> std::uint32_t {
        return (r.status_b & binary) != 0 ? n : (n >> 4) * 10 + (n & 15);
    };
    std::uint32_t hour = number(r.hour & ~unsigned{afternoon});
    if ((r.status_b & hours_24) == 0) {
        hour %= 12; // 12 at night is 0
        if ((r.hour & afternoon) != 0) hour += 12;
    }
    // Without a century, no machine of ours was built before 2000.
    std::uint32_t const century = number(r.century);
    return {
        .year = (century >= 19 && century < 25 ? century : 20) * 100 + number(r.year),
        .month = number(r.month),
        .day = number(r.day),
        .hour = hour,
        .minute = number(r.minute),
        .second = number(r.second),
    };
}

constexpr std::uint64_t seconds_since_1970(CivilTime const& t) {
    // Years that begin in March have the leap day at their end; 400 years have 146,097 days.
    std::uint64_t const year = t.month > 2 ? t.year : t.year - 1;
    std::uint64_t const month = t.month > 2 ? t.month - 3 : t.month + 9;
    std::uint64_t const day_of_year = (153 * month + 2) / 5 + t.day - 1;
    std::uint64_t const days =
        year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719'468;
    return ((days * 24 + t.hour) * 60 + t.minute) * 60 + t.second;
}

} // namespace device
