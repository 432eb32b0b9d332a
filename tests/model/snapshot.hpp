#pragma once
// A whole kernel state as a copy: the arena as far as it was ever given out, what hangs off the
// root, the processor, the fake machine. Restoring writes only the pieces that have changed.

#include <kernel/testing/world.hpp>

#include <span>
#include <vector>

namespace model {

/// Where everything lies that a step can change.
class Territory {
public:
    explicit Territory(kernel::testing::World& world);

    std::vector<std::span<std::byte>> const& regions() const { return regions_; }
    std::size_t bytes() const { return bytes_; }
    /// The kernel has not given out memory beyond what is watched.
    bool kept() const;

private:
    std::vector<std::span<std::byte>> regions_;
    std::vector<std::pair<kernel::Untyped*, std::uint64_t>> limits_;
    std::size_t bytes_ = 0;
};

class Snapshot {
public:
    void save(Territory const& territory);
    void restore(Territory const& territory) const;
    /// The bytes that `object` had when the snapshot was taken.
    std::byte const* then(Territory const& territory, void const* object) const;

private:
    std::vector<std::byte> bytes_;
    kernel::arch::FakeMachine machine_;
};

} // namespace model
