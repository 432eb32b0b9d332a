#pragma once
// A ring of records of one size (protocols/transport/ring.hpp): requests and their completions.

#include <protocols/transport/ring.hpp>

#include <bit>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

namespace protocols {

/// What can be a record: plain bytes, every pattern of which is a value. What the values mean is
/// for the consumer to check.
template <class T>
concept Record = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>;

/// Memory for a ring of `capacity` records: positions, then the records.
template <Record T> constexpr std::size_t record_ring_bytes(std::size_t capacity) {
    return sizeof(RingPositions) + capacity * sizeof(T);
}

namespace detail {

/// The records behind the positions; as many as fit, down to a power of two.
template <class T> std::span<T> records(std::span<std::byte> memory) {
    if (memory.size() < sizeof(RingPositions) + sizeof(T)) return {};
    auto const count = std::bit_floor((memory.size() - sizeof(RingPositions)) / sizeof(T));
    return {reinterpret_cast<T*>(memory.data() + sizeof(RingPositions)), count};
}

} // namespace detail

/// The side that puts records in.
template <Record T> class RecordProducer : public RingProducer {
public:
    RecordProducer(RingPositions& shared, std::span<T> records)
        : RingProducer(shared, records.size()), records_(records) {}
    /// `memory` is record_ring_bytes<T>(capacity) bytes, aligned to 64.
    explicit RecordProducer(std::span<std::byte> memory)
        : RecordProducer(*reinterpret_cast<RingPositions*>(memory.data()),
                         detail::records<T>(memory)) {}

    /// Put one in; false if the ring is full. Publishes nothing.
    [[nodiscard]] bool push(T const& record) {
        if (free() == 0) return false;
        std::memcpy(&records_[position() & (capacity() - 1)], &record, sizeof(T));
        fill(1);
        return true;
    }

private:
    std::span<T> records_;
};

/// The side that takes records out.
template <Record T> class RecordConsumer : public RingConsumer {
public:
    RecordConsumer(RingPositions& shared, std::span<T const> records)
        : RingConsumer(shared, records.size()), records_(records) {}
    explicit RecordConsumer(std::span<std::byte> memory)
        : RecordConsumer(*reinterpret_cast<RingPositions*>(memory.data()),
                         detail::records<T>(memory)) {}

    /// Take a copy of the next one. Acknowledges nothing.
    std::optional<T> pop() {
        if (available() == 0) return std::nullopt;
        T copy;
        std::memcpy(&copy, &records_[position() & (capacity() - 1)], sizeof(T));
        // The copy is what gets checked and used: the compiler must not read the shared one again.
        asm volatile("" : "+m"(copy));
        take(1);
        return copy;
    }

private:
    std::span<T const> records_;
};

} // namespace protocols
