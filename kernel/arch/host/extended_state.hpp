#pragma once
// A thread's extended state on the fake machine, whose registers for it are an array of bytes.

#include <abi/message.hpp>

#include <cstddef>
#include <cstring>

namespace kernel::arch {

class ExtendedState {
public:
    void save();
    void load() const;

    /// As the real one: no reserved bit in the header, no component that the machine lacks.
    static bool valid(std::byte const (&image)[abi::extended_state_bytes]) {
        std::uint64_t header[8];
        std::memcpy(header, image + header_at, sizeof header);
        for (unsigned i = 1; i < 8; i++)
            if (header[i] != 0) return false;
        return (header[0] & ~components) == 0;
    }
    void write(std::byte const (&image)[abi::extended_state_bytes]) {
        std::memcpy(bytes_, image, sizeof bytes_);
    }
    void read(std::byte (&image)[abi::extended_state_bytes]) const {
        std::memcpy(image, bytes_, sizeof bytes_);
    }

private:
    static constexpr std::size_t header_at = 512;
    static constexpr std::uint64_t components = 7; ///< x87, SSE, AVX

    alignas(64) std::byte bytes_[abi::extended_state_bytes]{};
};

} // namespace kernel::arch
