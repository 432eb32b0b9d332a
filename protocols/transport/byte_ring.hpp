#pragma once
// A ring of bytes (protocols/transport/ring.hpp): a stream between two processes, read and written
// in place.

#include <protocols/transport/ring.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

namespace protocols {

/// Memory for a ring of `capacity` bytes: positions, then the bytes.
constexpr std::size_t byte_ring_bytes(std::size_t capacity) {
    return sizeof(RingPositions) + capacity;
}

namespace detail {

inline RingPositions& positions(std::span<std::byte> memory) {
    return *reinterpret_cast<RingPositions*>(memory.data());
}

/// The piece of `data` from `position` on, at most `count` bytes and in one piece.
template <class Byte>
std::span<Byte> piece(std::span<Byte> data, std::uint64_t position, std::uint64_t count) {
    auto const at = static_cast<std::size_t>(position & (data.size() - 1));
    return data.subspan(at, std::min<std::size_t>(count, data.size() - at));
}

} // namespace detail

/// The side that puts bytes in.
class ByteProducer : public RingProducer {
public:
    /// `data` holds a power of two of bytes, or the ring is corrupt.
    ByteProducer(RingPositions& shared, std::span<std::byte> data)
        : RingProducer(shared, data.size()), data_(data) {}
    /// `memory` is byte_ring_bytes(capacity) bytes, aligned to 64.
    explicit ByteProducer(std::span<std::byte> memory)
        : ByteProducer(detail::positions(memory), memory.subspan(sizeof(RingPositions))) {}

    /// Free bytes in one piece (there may be more behind the end). Write, then fill(count).
    std::span<std::byte> space(std::uint64_t wanted = 1) {
        auto const count = free(wanted);
        return count == 0 ? std::span<std::byte>{} : detail::piece(data_, position(), count);
    }

    /// Copy in as many bytes as fit, and say how many. Publishes nothing.
    std::size_t put(std::span<std::byte const> bytes) {
        std::size_t done = 0;
        while (done < bytes.size()) {
            auto const room = space(bytes.size() - done);
            if (room.empty()) break;
            auto const count = std::min(room.size(), bytes.size() - done);
            std::memcpy(room.data(), bytes.data() + done, count);
            fill(count);
            done += count;
        }
        return done;
    }

private:
    std::span<std::byte> data_;
};

/// The side that takes bytes out.
class ByteConsumer : public RingConsumer {
public:
    ByteConsumer(RingPositions& shared, std::span<std::byte const> data)
        : RingConsumer(shared, data.size()), data_(data) {}
    explicit ByteConsumer(std::span<std::byte> memory)
        : ByteConsumer(detail::positions(memory), memory.subspan(sizeof(RingPositions))) {}

    /// Waiting bytes in one piece (there may be more behind the end). Read, then take(count) and
    /// acknowledge. The producer can still change them: copy what must not change under the eyes.
    std::span<std::byte const> bytes(std::uint64_t wanted = 1) {
        auto const count = available(wanted);
        return count == 0 ? std::span<std::byte const>{} : detail::piece(data_, position(), count);
    }

    /// Copy out as many bytes as wait and fit, and say how many. Acknowledges nothing.
    std::size_t get(std::span<std::byte> into) {
        std::size_t done = 0;
        while (done < into.size()) {
            auto const waiting = bytes(into.size() - done);
            if (waiting.empty()) break;
            auto const count = std::min(waiting.size(), into.size() - done);
            std::memcpy(into.data() + done, waiting.data(), count);
            take(count);
            done += count;
        }
        return done;
    }

private:
    std::span<std::byte const> data_;
};

} // namespace protocols
