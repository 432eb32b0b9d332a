#include <kernel/object/interrupt.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/root.hpp>

namespace kernel {

base::Result<> Interrupt::bind(Slot& source, std::uint64_t bits) {
    if (bound()) return base::fail(abi::Error::already_bound);
    derivation::derive(notification_, source, source.rights, source.data);
    bits_ = bits;
    masked_ = false;
    root().interrupts.settle(*this);
    return {};
}

void Interrupt::acknowledge() {
    pending_ = false;
    masked_ = false;
    root().interrupts.settle(*this);
}

void Interrupt::mask() {
    masked_ = true;
    root().interrupts.settle(*this);
}

void Interrupt::lose_notification() {
    pending_ = false;
    mask();
}

bool Interrupt::destroy(unsigned& budget) {
    if (!teardown::remove(notification_, budget)) return false;
    root().interrupts.remove(*this);
    return true;
}

} // namespace kernel
