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

} // namespace kernel
