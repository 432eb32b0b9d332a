#pragma once
// What the kernel's own state says, in the specification's words. The reader knows which object of
// the kernel is which of the specification's; whatever it meets besides is a difference.

#include <tests/model/rules.hpp>

#include <kernel/testing/world.hpp>

#include <string>
#include <vector>

namespace model {

constexpr std::uint64_t tick_ns = 1'000'000;

/// The address of a page of the test area.
constexpr std::uint64_t address_of(Word page) {
    return 0x4000'0000 + (page < 4 ? page * abi::page_bytes : abi::large_page_bytes);
}

class Reading {
public:
    explicit Reading(kernel::testing::World& world);

    /// Give numbers to all objects and capabilities there are: the state to begin with.
    State discover();
    /// The state as the kernel has it, numbered as `expected` is. False: there is something that
    /// `expected` does not know (see `surprise`).
    bool read(State const& expected, State& found);
    std::string const& surprise() const { return surprise_; }
    /// What the specification leaves open and states are told apart by.
    void tell_apart(State& state) const;

    /// New objects of `state` are found where its capabilities say, those that are gone forgotten.
    void follow(State const& state);

    kernel::Object* object(Id id) const { return pointers_[id]; }
    template <class T> T& as(Id id) const { return *static_cast<T*>(pointers_[id]); }
    Id id(kernel::Object const* pointer) const;
    /// The slots that are watched in a pool.
    static constexpr unsigned slots = 32;

    using Pointers = std::array<kernel::Object*, most_objects>;
    Pointers const& pointers() const { return pointers_; }
    void set_pointers(Pointers const& all);

    static Costs costs();

private:
    kernel::testing::World& world_;
    Pointers pointers_{};
    std::vector<std::uint8_t> objects_at_; ///< Id by 64-byte cell of the arena
    std::vector<std::uint8_t> caps_at_;
    std::string surprise_;

    static std::size_t cell(void const* pointer);
    /// Not in the arena: an object of the boot's.
    static bool outside(void const* pointer);
    void know(Id id, kernel::Object* pointer);
    template <class F> void each_slot(Id id, F f);
    void read_object(State const& expected, Id id, Object& out,
                     std::array<Page, most_pages>* pages);
    Line line(kernel::Thread::Queue& queue);
    static std::uint8_t ticks(kernel::Deadline const& deadline);
};

} // namespace model
