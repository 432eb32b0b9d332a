#pragma once
// A ratio of two clocks as a fixed-point factor, for conversions by one multiplication.

#include <cstdint>

namespace kernel::arch {

struct Scale {
    /// Units of the result per unit of the argument, times 2^32.
    std::uint64_t factor = 0;

    /// `to` units pass while `from` units pass; rounded down. `from` lies between 1 and 2^63, and
    /// the ratio below 2^32.
    static constexpr Scale ratio(std::uint64_t to, std::uint64_t from) {
        // Long division, bit by bit: the compiler's 128-bit division is a library's function.
        std::uint64_t quotient = to / from;
        std::uint64_t rest = to % from;
        for (int bit = 0; bit < 32; bit++) {
            rest <<= 1;
            quotient = quotient << 1 | (rest >= from ? 1 : 0);
            if (rest >= from) rest -= from;
        }
        return {quotient};
    }

    constexpr std::uint64_t operator()(std::uint64_t value) const {
        return static_cast<std::uint64_t>(static_cast<unsigned __int128>(value) * factor >> 32);
    }
};

} // namespace kernel::arch
