#pragma once
// Calls made up at random: any call of the ABI, with words that its arguments suggest, most of the
// time. The same dice make the same calls.

#include <tests/attack/raw.hpp>

#include <span>

namespace attack {

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice {
    abi::Word state;
    abi::Word roll() {
        state += 0x9e37'79b9'7f4a'7c15;
        auto z = state;
        z = (z ^ z >> 30) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ z >> 27) * 0x94d0'49bb'1331'11eb;
        return z ^ z >> 31;
    }
    abi::Word below(abi::Word n) { return roll() % n; }
};

/// A capability of each kind, as whoever calls names it; by kind, 0 where it has none.
using Toys = std::span<std::uint32_t const, abi::kind_count>;

/// Of its own pool the caller reaches the first slots, whatever is in them.
constexpr std::uint16_t slots_in_reach = 48;

Raw some_call(Dice& dice, Toys toys);

} // namespace attack
