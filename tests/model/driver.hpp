#pragma once
// One action on the real kernel and in the specification, and whether they agree.

#include <tests/model/reading.hpp>
#include <tests/model/snapshot.hpp>

#include <string>

namespace model {

class Driver {
public:
    explicit Driver(kernel::testing::World& world);
    ~Driver() { kernel::arch::step_budget = ordinary_budget_; }

    /// From now on every call is interrupted as often as it can be.
    void interrupt() { interrupts_ = true; }

    State const& first() const { return first_; }

    /// A concrete state to come back to, and what the specification says of it.
    struct Point {
        Snapshot snapshot;
        State state;
        Reading::Pointers pointers;
    };
    void save(Point& point);
    void restore(Point const& point);

    bool possible(Action const& action) const;
    /// Take the step in the kernel and in the specification; without `check` only that. What is
    /// wrong is said in words; empty: nothing.
    std::string step(Action const& action, bool check);
    State const& state() const { return state_; }

    /// All invariants of kernel/testing, which cost more than a step.
    std::string invariants();

private:
    kernel::testing::World& world_;
    Territory territory_;
    Reading reading_;
    Costs costs_;
    State first_;
    State state_;
    bool interrupts_ = false;
    unsigned const ordinary_budget_ = kernel::arch::step_budget;

    void act(Action const& action);
    bool interrupted(Action const& action) const;
    unsigned smallest_budget(Action const& action) const;
    /// False: there was nothing to be seen of it, or something is wrong.
    bool took_part(Action const& action, std::string& wrong);
    std::string after(State const& before) const;
    void call(kernel::Thread& thread, Action const& action);
    std::string compare(State const& expected, Events const& events, Action const& action,
                        std::string& difference);
    std::string registers(Event const& event, Action const& action) const;
    std::string scheduling(State const& state) const;
    void use_all_pages();

    /// Addresses of capabilities in pools before a step: those that are gone must never be good
    /// again.
    std::array<abi::CapAddress, most_caps> addresses_{};
    kernel::Slot* slot_of(Cap cap, State const& state) const;
    void note_addresses();
    std::string old_addresses(State const& before, State const& after) const;
};

/// The action in words.
std::string text(Action const& action);
/// Where two states differ.
std::string differences(State const& expected, State const& found);

} // namespace model
