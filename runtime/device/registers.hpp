#pragma once
// A device's registers in memory: each access is one access of its width, in the order written.

#include <cstddef>
#include <cstdint>
#include <span>

namespace device {

class Registers {
public:
    constexpr Registers() = default;
    explicit constexpr Registers(std::span<std::byte> bytes) : bytes_(bytes) {}

    /// `offset` is a multiple of the width, and inside.
    template <class T> T read(std::size_t offset) const { return at<T>(offset); }
    template <class T> void write(std::size_t offset, T value) const { at<T>(offset) = value; }
    /// Those from `offset` on.
    Registers from(std::size_t offset) const { return Registers(bytes_.subspan(offset)); }
    std::size_t size() const { return bytes_.size(); }

private:
    std::span<std::byte> bytes_;

    template <class T> T volatile& at(std::size_t offset) const {
        return *reinterpret_cast<T volatile*>(bytes_.subspan(offset, sizeof(T)).data());
    }
};

} // namespace device
