#pragma once
// Deadlines in order: a leftist heap through the nodes themselves. Insertion and removal take
// logarithmic time and no memory.

#include <kernel/object/object.hpp>

#include <cstdint>

namespace kernel {

class Deadlines;

struct Deadline {
    std::uint64_t at = 0; ///< monotonic ns
    Deadline* parent = nullptr;
    Deadline* left = nullptr;
    Deadline* right = nullptr;
    std::uint32_t rank = 1;    ///< distance to the nearest missing child
    Deadlines* heap = nullptr; ///< where it is armed; null: nowhere
    Object& owner;             ///< a Timer, a Thread whose wait it ends, a SchedContext

    constexpr explicit Deadline(Object& whose) : owner(whose) {}

    bool armed() const { return heap != nullptr; }
    void cancel();
};

/// A heap of deadlines; those of one processor.
class Deadlines {
public:
    Deadline* first() const { return top_; }
    void insert(Deadline& deadline, std::uint64_t at);

private:
    friend struct Deadline;

    Deadline* top_ = nullptr;

    static Deadline* merge(Deadline* a, Deadline* b);
};

} // namespace kernel
