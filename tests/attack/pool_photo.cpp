#include <tests/attack/pool_photo.hpp>

#include <runtime/lab/must.hpp>

#include <runtime/object/cap_pool.hpp>
#include <runtime/own.hpp>

#include <cstring>

namespace attack {

abi::Word pool_photo() {
    abi::Word hash = 14695981039346656037U; // FNV-1a, by words
    runtime::CapPool const pool(runtime::own_pool);
    for (std::uint16_t slot = 1; slot < abi::pool_segment_slots; slot++) {
        auto const info = lab::must(pool.inspect(slot), "inspect a slot");
        abi::Word words[sizeof(info) / sizeof(abi::Word)];
        std::memcpy(words, &info, sizeof(words));
        for (auto const word : words) hash = (hash ^ word) * 1099511628211U;
    }
    return hash;
}

} // namespace attack
