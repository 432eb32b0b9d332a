#pragma once
// The size of a terminal's window, in one word of session memory, so that it is never half new.

#include <atomic>
#include <cstdint>

namespace protocols {

/// Rows and columns of characters; both 0 where nobody knows (a serial line has no word for it).
struct WindowSize {
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
    constexpr bool operator==(WindowSize const&) const = default;
};

/// A size in shared memory: rows in bits 0 to 15, columns in bits 16 to 31. Memory of zeroes is an
/// unknown size. Written by one side alone.
class SharedWindowSize {
public:
    WindowSize load() const {
        auto const word = word_.load(std::memory_order_relaxed);
        return {static_cast<std::uint16_t>(word), static_cast<std::uint16_t>(word >> 16)};
    }
    void store(WindowSize size) {
        word_.store(static_cast<std::uint32_t>(size.columns) << 16 | size.rows,
                    std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint32_t> word_;
};

} // namespace protocols
