#pragma once
// A whole kernel state as a copy: the machine's memory, what hangs off the root, the processor, the
// fake machine. Pages that were never written to are not looked at: the first write to each is
// noticed by the memory protection of the host.

#include <kernel/testing/world.hpp>

#include <span>
#include <vector>

namespace model {

/// Where everything lies that a step can change. One at a time.
class Territory {
public:
    explicit Territory(kernel::testing::World& world);
    ~Territory();
    Territory(Territory const&) = delete;
    Territory& operator=(Territory const&) = delete;

    /// What lies outside of the machine's memory.
    std::vector<std::span<std::byte>> const& regions() const { return regions_; }
    /// The pages written to so far, in the order of their first writes, and how they were before.
    std::span<std::byte* const> written() const { return {written_.data(), count_}; }
    std::byte const* before(std::size_t number) const {
        return before_.data() + number * abi::page_bytes;
    }
    std::size_t bytes() const { return region_bytes_ + count_ * abi::page_bytes; }

    /// The first write to a page of this territory; false: it is none.
    bool note(std::byte* address);

private:
    std::vector<std::span<std::byte>> regions_;
    std::size_t region_bytes_ = 0;
    std::vector<std::byte*> written_; ///< as long as there are pages: a handler can't allocate
    std::vector<std::byte> before_;
    std::size_t count_ = 0;
};

class Snapshot {
public:
    void save(Territory const& territory);
    void restore(Territory const& territory) const;

private:
    std::vector<std::byte> bytes_; ///< regions, then pages
    std::size_t pages_ = 0;
    kernel::arch::FakeMachine machine_;
};

} // namespace model
