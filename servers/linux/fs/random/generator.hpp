#pragma once
// The random numbers of /dev/urandom, getrandom and AT_RANDOM: ChaCha20 with fast key erasure. Each
// refill uses its first half as the next key, so what was given out can't be computed from the
// state that is left.

#include <servers/linux/environment.hpp>
#include <servers/linux/fs/random/chacha20.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace personality {

class RandomGenerator final : public Random {
public:
    RandomGenerator() = default;

    /// Mix 64 bits of entropy into the key; all that was mixed in before stays mixed in.
    void mix(std::uint64_t entropy);
    void fill(std::span<std::byte> bytes) override;
    std::uint64_t number();

private:
    chacha20::Key key_{};
    std::array<std::byte, 32> spare_{}; ///< the unused tail of the last block
    std::size_t spare_bytes_ = 0;
    std::uint32_t mixed_ = 0;

    chacha20::Block turn(std::uint32_t domain);
};

/// 64 bits from the processor's generator (RDRAND), or from its time stamp where it has none.
std::uint64_t processor_entropy();

} // namespace personality
