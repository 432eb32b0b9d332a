#pragma once
// A world of several programs that trust each other with nearly everything, and steps made up at
// random: calls good and absurd, foreign calls, faults, interrupts, time.

#include <kernel/testing/choice.hpp>
#include <kernel/testing/world.hpp>

#include <string>
#include <vector>

namespace kernel::testing {

class RandomSteps {
public:
    /// On several processors one acts after the other, and what they ask of each other without
    /// waiting arrives late.
    explicit RandomSteps(Choice& choice, unsigned processors = 1);
    ~RandomSteps() { arch::step_budget = ordinary_budget_; }

    /// One entry into the kernel. False: nobody can run any more.
    bool step();
    /// What the last step was.
    std::string const& last() const { return last_; }
    World& world() { return world_; }

private:
    Choice& choice_;
    World world_;
    std::string last_;
    unsigned const ordinary_budget_ = arch::step_budget;

    void furnish();
    void attach_all(Program const& owner, abi::CapAddress memory);
    void take_interrupts(Program const& owner, abi::CapAddress first, abi::CapAddress second);
    bool act(Thread& thread);
    void native_call(Thread& thread);
    void message_call(Thread& thread);
    template <class C> void call(Thread& thread);
    template <class T> abi::Word argument(Thread& thread, std::uint16_t number, unsigned position);
    abi::Word word(std::uint16_t number, unsigned position);
    abi::CapAddress capability(Thread& thread, abi::Kind kind);
    void fill_page(Thread& thread);
    void touch_some();
    void device_acts();
    template <class T> std::vector<T*> all();
    bool wake_somebody();
    void meddle();
};

} // namespace kernel::testing
