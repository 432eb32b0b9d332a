#include <servers/linux/fs/random/generator.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

chacha20::Block RandomGenerator::turn(std::uint32_t domain) {
    auto const block = chacha20::block(key_, 0, {domain, mixed_, 0});
    std::copy_n(block.begin(), key_.size(), key_.begin());
    return block;
}

void RandomGenerator::mix(std::uint64_t entropy) {
    key_[mixed_ % 4] ^= static_cast<std::uint32_t>(entropy);
    key_[4 + mixed_ % 4] ^= static_cast<std::uint32_t>(entropy >> 32);
    mixed_++;
    turn(1);
    spare_bytes_ = 0;
}

void RandomGenerator::fill(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        if (spare_bytes_ == 0) {
            auto const block = turn(0);
            std::memcpy(spare_.data(), block.data() + key_.size(), spare_.size());
            spare_bytes_ = spare_.size();
        }
        auto const count = std::min(bytes.size(), spare_bytes_);
        auto* const from = spare_.data() + (spare_.size() - spare_bytes_);
        std::memcpy(bytes.data(), from, count);
        std::memset(from, 0, count);
        spare_bytes_ -= count;
        bytes = bytes.subspan(count);
    }
}

std::uint64_t RandomGenerator::number() {
    std::array<std::byte, 8> bytes;
    fill(bytes);
    return std::bit_cast<std::uint64_t>(bytes);
}

std::uint64_t processor_entropy() {
    std::uint32_t a = 1, b, c = 0, d;
    asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if ((c >> 30 & 1) != 0) {
        // The manual (Intel SDM 1, 7.3.17) asks for ten tries before giving up.
        for (int attempt = 0; attempt < 10; attempt++) {
            std::uint64_t value;
            bool valid;
            asm volatile("rdrand %0" : "=r"(value), "=@ccc"(valid));
            if (valid) return value;
        }
    }
    return __builtin_ia32_rdtsc() * 0x9e37'79b9'7f4a'7c15;
}

} // namespace personality
