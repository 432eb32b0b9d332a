#include <servers/linux/skerry/server_lock.hpp>

namespace personality {

[[gnu::noinline]] void ServerLock::acquire_contended() __attribute__((no_thread_safety_analysis)) {
    contended_.fetch_add(1, std::memory_order_relaxed);
    for (int i = 0; i < looks; i++) {
        __builtin_ia32_pause();
        if (lock_.try_acquire()) return;
    }
    lock_.acquire();
}

} // namespace personality
