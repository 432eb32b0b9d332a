#pragma once
// Bounded reading of physical memory that others wrote: loaders and firmware. The kernel reads
// through its direct map; a test reads from what it built.

#include <base/address.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace kernel {

using Bytes = std::span<std::byte const>;

/// The object at an offset, copied out (it may lie unaligned); nothing if it doesn't fit.
template <class T> std::optional<T> read_object(Bytes bytes, std::size_t at = 0) {
    if (at > bytes.size() || bytes.size() - at < sizeof(T)) return std::nullopt;
    T object;
    std::memcpy(&object, bytes.data() + at, sizeof(T));
    return object;
}

class PhysicalReader {
public:
    /// Exactly `bytes` bytes from `at`, or an empty span if they can't be read.
    using View = Bytes (*)(void const* context, base::Phys at, std::uint64_t bytes);

    constexpr explicit PhysicalReader(View view, void const* context = nullptr)
        : view_(view), context_(context) {}

    Bytes bytes(base::Phys at, std::uint64_t count) const { return view_(context_, at, count); }

    template <class T> std::optional<T> object(base::Phys at) const {
        return read_object<T>(bytes(at, sizeof(T)));
    }

private:
    View view_;
    void const* context_;
};

} // namespace kernel
