#include <kernel/sched/kernel_lock.hpp>

#include <kernel/sched/remote.hpp>

namespace kernel {

void KernelLock::wait(Processor& self) {
    self.counters.lock_contended++;
    self.waiting.store(true);
    do {
        while (word_.load(std::memory_order_relaxed) != 0) {
            remote::serve(self);
            arch::pause();
            self.counters.lock_spins++;
        }
    } while (word_.exchange(1, std::memory_order_acquire) != 0);
    self.waiting.store(false);
}

bool wait_at_gate(Processor& self) {
    self.counters.lock_contended++;
    self.waiting.store(true);
    std::uint32_t asked = 0;
    bool entered = false;
    while (!entered && (asked & ~remote::flush) == 0) {
        arch::pause();
        self.counters.lock_spins++;
        entered = !self.gate.closed() && self.gate.enter();
        // Behind the gate, too: its last holder may have asked for a look.
        asked |= remote::serve(self);
    }
    self.waiting.store(false);
    if ((asked & ~remote::flush) == 0) return true;
    if (entered) self.gate.leave();
    return false;
}

} // namespace kernel
