#pragma once
// The ChaCha20 block function (RFC 8439, section 2.3): 64 bytes of key stream from a key, a counter
// and a nonce. Integers only, so it suits a server that keeps its hands off the vector registers.

#include <array>
#include <bit>
#include <cstdint>

namespace personality::chacha20 {

using Key = std::array<std::uint32_t, 8>;
using Nonce = std::array<std::uint32_t, 3>;
using Block = std::array<std::uint32_t, 16>;

constexpr void quarter_round(Block& x, unsigned a, unsigned b, unsigned c, unsigned d) {
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 16);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 12);
    x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 8);
    x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 7);
}

constexpr Block block(Key const& key, std::uint32_t counter, Nonce const& nonce) {
    Block start{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (unsigned i = 0; i < 8; i++) start[4 + i] = key[i];
    start[12] = counter;
    for (unsigned i = 0; i < 3; i++) start[13 + i] = nonce[i];
    Block x = start;
    for (int round = 0; round < 10; round++) {
        quarter_round(x, 0, 4, 8, 12);
        quarter_round(x, 1, 5, 9, 13);
        quarter_round(x, 2, 6, 10, 14);
        quarter_round(x, 3, 7, 11, 15);
        quarter_round(x, 0, 5, 10, 15);
        quarter_round(x, 1, 6, 11, 12);
        quarter_round(x, 2, 7, 8, 13);
        quarter_round(x, 3, 4, 9, 14);
    }
    for (unsigned i = 0; i < 16; i++) x[i] += start[i];
    return x;
}

} // namespace personality::chacha20
