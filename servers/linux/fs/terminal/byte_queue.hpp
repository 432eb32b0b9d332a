#pragma once
// A first-in first-out queue of bytes in memory of its own, with a fixed capacity.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace personality {

template <std::size_t Capacity> class ByteQueue {
    static_assert((Capacity & (Capacity - 1)) == 0);

public:
    std::size_t size() const { return head_ - tail_; }
    std::size_t room() const { return Capacity - size(); }
    bool empty() const { return size() == 0; }
    void clear() { tail_ = head_; }

    /// False if there was no room.
    bool push(std::uint8_t byte) {
        if (room() == 0) return false;
        bytes_[head_++ % Capacity] = byte;
        return true;
    }

    /// The oldest bytes, as many as lie together; `pop` takes them away.
    std::span<std::uint8_t const> front() const {
        std::size_t const at = tail_ % Capacity;
        return std::span(bytes_).subspan(at, std::min(size(), Capacity - at));
    }
    void pop(std::size_t count) { tail_ += std::min(count, size()); }

private:
    std::array<std::uint8_t, Capacity> bytes_{};
    std::size_t head_ = 0; ///< free-running
    std::size_t tail_ = 0;
};

} // namespace personality
