#pragma once
// The x87, SSE and AVX registers of a thread, in XSAVE's standard form (Intel SDM volume 1, 13.4):
//
//   0            512           576          832
//   | FXSAVE area | header      | AVX (YMM)  |
//     24: MXCSR     512: XSTATE_BV, 520: XCOMP_BV, then reserved

#include <kernel/arch/x86_64/machine.hpp>

#include <abi/message.hpp>

#include <cstring>

namespace kernel::arch {

class ExtendedState {
public:
    ExtendedState() {
        std::memset(bytes_, 0, sizeof bytes_);
        put<std::uint16_t>(control_word_at, 0x37f);
        put<std::uint32_t>(mxcsr_at, 0x1f80);
    }

    /// From and to the processor's registers.
    void save() {
        auto const mask = machine.features.extended_state;
        asm volatile("xsave64 %0"
                     : "+m"(bytes_)
                     : "a"(static_cast<std::uint32_t>(mask)),
                       "d"(static_cast<std::uint32_t>(mask >> 32)));
    }
    void load() const {
        auto const mask = machine.features.extended_state;
        asm volatile("xrstor64 %0" ::"m"(bytes_), "a"(static_cast<std::uint32_t>(mask)),
                     "d"(static_cast<std::uint32_t>(mask >> 32)));
    }

    /// True if XRSTOR would take this: an image that a user made.
    static bool valid(std::byte const (&image)[abi::extended_state_bytes]) {
        std::uint64_t header[8];
        std::memcpy(header, image + header_at, sizeof header);
        for (unsigned i = 1; i < 8; i++)
            if (header[i] != 0) return false;
        return (header[0] & ~machine.features.extended_state) == 0;
    }
    /// Take a valid image; reserved bits of MXCSR, which XRSTOR would refuse, are cleared.
    void write(std::byte const (&image)[abi::extended_state_bytes]) {
        std::memcpy(bytes_, image, sizeof bytes_);
        std::uint32_t mxcsr;
        std::memcpy(&mxcsr, bytes_ + mxcsr_at, sizeof mxcsr);
        put<std::uint32_t>(mxcsr_at, mxcsr & 0xffff);
        // The image lies in shared memory and may have changed since it was checked.
        std::uint64_t present;
        std::memcpy(&present, bytes_ + header_at, sizeof present);
        put<std::uint64_t>(header_at, present & machine.features.extended_state);
        std::memset(bytes_ + header_at + 8, 0, 56);
    }
    void read(std::byte (&image)[abi::extended_state_bytes]) const {
        std::memcpy(image, bytes_, sizeof bytes_);
    }

private:
    static constexpr std::size_t control_word_at = 0;
    static constexpr std::size_t mxcsr_at = 24;
    static constexpr std::size_t header_at = 512;

    alignas(64) std::byte bytes_[abi::extended_state_bytes];

    template <class T> void put(std::size_t at, T value) {
        std::memcpy(bytes_ + at, &value, sizeof value);
    }
};

} // namespace kernel::arch
