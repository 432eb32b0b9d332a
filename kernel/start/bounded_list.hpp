#pragma once
// A list with room for N elements inside it, for the few lists that exist before memory does.

#include <array>
#include <cstddef>
#include <span>

namespace kernel {

template <class T, std::size_t N> class BoundedList {
public:
    constexpr std::size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }
    constexpr bool full() const { return size_ == N; }
    constexpr T& operator[](std::size_t at) { return all()[at]; }
    constexpr T const& operator[](std::size_t at) const { return all()[at]; }
    constexpr T const* begin() const { return items_.data(); }
    constexpr T const* end() const { return items_.data() + size_; }

    constexpr std::span<T> all() { return std::span(items_).first(size_); }
    constexpr std::span<T const> all() const { return std::span(items_).first(size_); }

    /// False, and nothing has changed, if there is no room.
    [[nodiscard]] constexpr bool push_back(T const& item) {
        if (full()) return false;
        items_[size_++] = item;
        return true;
    }
    constexpr void clear() { size_ = 0; }

private:
    std::array<T, N> items_{};
    std::size_t size_ = 0;
};

} // namespace kernel
