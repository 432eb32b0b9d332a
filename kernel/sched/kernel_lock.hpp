#pragma once
// The kernel's one lock, and each processor's gate beside it. What touches only things of one
// processor (kernel/ipc/fast_path.hpp) runs behind that processor's own gate; everything else holds
// the lock, and with it the gates of all others:
//
//   fast path     own gate                one instruction on a line that is nobody else's
//   the rest      lock, others' gates
//
// So a fast path never runs while another processor holds the lock, and fast paths of different
// processors run side by side. One that finds its gate closed waits for that: to take the lock
// instead would close the others' gates in turn, and nobody would find his open any more. Whoever
// waits for either does what the lock's holder asks of it meanwhile (remote.hpp): a holder may wait
// for all other processors and nobody ever waits for a waiter.

#include <kernel/sched/processor.hpp>

namespace kernel {

/// The lock is whose processor gets it first, not a queue of tickets: where processors are threads
/// of an emulator, each next in the queue would have to be waited for until the host runs it.
/// docs/decisions/0013-kernel-lock.md has the figures.
class KernelLock {
public:
    void acquire(Processor& self) {
        self.counters.lock_acquisitions++;
        if (word_.exchange(1, std::memory_order_acquire) != 0) [[unlikely]] // partner: release()
            wait(self);
        for (auto* other = self.next; other != &self; other = other->next)
            while (!other->gate.enter()) arch::pause();
    }
    void release(Processor& self) {
        for (auto* other = self.next; other != &self; other = other->next) other->gate.leave();
        word_.store(0, std::memory_order_release); // partner: the next one's acquire()
    }

private:
    alignas(64) std::atomic<std::uint32_t> word_{0};

    void wait(Processor& self);
};

/// Its gate was closed: waits, and enters it. False: the gate is not entered, and the lock is
/// needed for what was asked of this processor meanwhile.
bool wait_at_gate(Processor& self);

} // namespace kernel
