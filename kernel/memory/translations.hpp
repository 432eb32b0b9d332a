#pragma once
// What a processor that keeps the spaces' translations apart by number (PCID) may still remember of
// those that are not loaded.
//
// A space has a number, which others may have too, and a stamp, which nobody ever had before: a new
// one whenever entries have changed. For each number a processor knows the stamp with which it was
// last loaded. If that is the space's, all that is remembered under the number is the space's, and
// good; if not, it is forgotten first. So nobody has to know who has used a space, and one that
// dies leaves nothing to be taken back.

#include <hardware.hpp>

#include <array>
#include <cstdint>
#include <utility>

namespace kernel {

struct SpaceTag {
    std::uint32_t number = 0; ///< 0: this machine forgets at each switch
    std::uint64_t stamp = 0;
};

/// Of a processor.
class Translations {
public:
    /// The space is being loaded. False: what is remembered under its number has to be forgotten.
    bool keep(SpaceTag tag) { return std::exchange(stamps_[tag.number], tag.stamp) == tag.stamp; }

private:
    std::array<std::uint64_t, arch::space_numbers> stamps_{};
};

/// Of the machine. The lock is held.
class SpaceTags {
public:
    SpaceTag fresh() {
        auto const stamp = ++last_;
        return {static_cast<std::uint32_t>(1 + stamp % (arch::space_numbers - 1)), stamp};
    }
    /// What anybody remembers is good no more.
    void renew(SpaceTag& tag) { tag.stamp = ++last_; }

private:
    std::uint64_t last_ = 0;
};

} // namespace kernel
