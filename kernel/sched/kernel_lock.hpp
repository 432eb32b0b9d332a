#pragma once
// The kernel's one lock, and each processor's gate beside it. What touches only things of one
// processor (kernel/ipc/fast_path.hpp) runs behind that processor's own gate; everything else holds
// the lock, and with it the gates of all others:
//
//   fast path     own gate                one instruction on a line that is nobody else's
//   the rest      lock, others' gates     a ticket each: first come, first served
//
// So a fast path never runs while another processor holds the lock, and fast paths of different
// processors run side by side. Whoever waits for the lock does what its holder asks of it meanwhile
// (remote.hpp): a holder may wait for all other processors and nobody ever waits for a waiter.

#include <kernel/sched/processor.hpp>

namespace kernel {

class KernelLock {
public:
    void acquire(Processor& self) {
        self.counters.lock_acquisitions++;
        auto const ticket = next_.fetch_add(1, std::memory_order_relaxed);
        if (serving_.load(std::memory_order_acquire) != ticket) [[unlikely]] // partner: release()
            wait(self, ticket);
        for (auto* other = self.next; other != &self; other = other->next)
            while (!other->gate.enter()) arch::pause();
    }
    void release(Processor& self) {
        for (auto* other = self.next; other != &self; other = other->next) other->gate.leave();
        auto const ticket = serving_.load(std::memory_order_relaxed);
        serving_.store(ticket + 1, std::memory_order_release); // partner: the next one's acquire()
    }

private:
    alignas(64) std::atomic<std::uint32_t> next_{0};
    alignas(64) std::atomic<std::uint32_t> serving_{0};

    void wait(Processor& self, std::uint32_t ticket);
};

} // namespace kernel
