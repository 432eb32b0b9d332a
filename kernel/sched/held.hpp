#pragma once
// Holds the kernel's lock for a scope: an entry into the kernel, from where its thread's registers
// are saved until it is decided who goes on. While the entry waited, its thread may have been taken
// off the processor and may even be gone: look at Processor::current before touching it.

#include <kernel/root.hpp>

namespace kernel {

class Held {
public:
    explicit Held(Processor& self) : self_(self) { root().lock.acquire(self); }
    ~Held() {
        remote::finish_flushes();
        root().lock.release(self_);
    }
    Held(Held const&) = delete;
    Held& operator=(Held const&) = delete;

private:
    Processor& self_;
};

} // namespace kernel
