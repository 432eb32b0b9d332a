#include <kernel/sched/kernel_lock.hpp>

#include <kernel/sched/remote.hpp>

namespace kernel {

void KernelLock::wait(Processor& self, std::uint32_t ticket) {
    self.counters.lock_contended++;
    self.waiting.store(true);
    while (serving_.load(std::memory_order_acquire) != ticket) {
        remote::serve(self);
        arch::pause();
        self.counters.lock_spins++;
    }
    self.waiting.store(false);
}

} // namespace kernel
