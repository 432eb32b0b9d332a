#include <runtime/environment.hpp>
#include <runtime/lock.hpp>
#include <runtime/object/notification.hpp>
#include <runtime/object/untyped.hpp>

namespace runtime {

void Lock::acquire_contended() {
    bool const can_wait = make_notification();
    // From here on the lock is taken as `awaited` only: whoever releases it then wakes one of us,
    // which may be one wake-up too many but never one too few. The Notification keeps a signal that
    // comes before the wait.
    while (state_.exchange(State::awaited, std::memory_order_acquire) != State::free) {
        if (can_wait)
            (void)Notification(abi::CapAddress{notification_.load(std::memory_order_relaxed)})
                .wait();
        else
            (void)call<abi::Yield>();
    }
}

void Lock::wake_one() {
    // Whoever set `awaited` did so after it had made the Notification.
    auto const address = abi::CapAddress{notification_.load(std::memory_order_relaxed)};
    if (address) (void)Notification(address).signal(1);
}

bool Lock::make_notification() {
    if (notification_.load(std::memory_order_relaxed) != 0) return true;
    auto made = Untyped(environment().objects).make<Notification>();
    if (!made) return false;
    std::uint32_t none = 0;
    // Should another thread have been quicker, ours goes again.
    if (notification_.compare_exchange_strong(none, made->address().raw, std::memory_order_relaxed))
        (void)made->release();
    return true;
}

} // namespace runtime
