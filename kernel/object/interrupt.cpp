#include <kernel/object/interrupt.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/root.hpp>

namespace kernel {

base::Result<> Interrupt::bind(Slot& source, std::uint64_t bits) {
    if (!notification_.empty()) return base::fail(abi::Error::already_bound);
    derivation::derive(notification_, source, source.rights, source.data ? source.data : bits);
    state_ = State::listening;
    root().interrupts.settle(*this);
    return {};
}

void Interrupt::become(State state) {
    if (!bound()) return;
    state_ = state;
    root().interrupts.settle(*this);
}

bool Interrupt::destroy(unsigned& budget) {
    if (!teardown::remove(notification_, budget)) return false;
    root().interrupts.remove(*this);
    return true;
}

} // namespace kernel
