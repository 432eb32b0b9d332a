#include <kernel/time/timer.hpp>

#include <kernel/cap/teardown.hpp>
#include <kernel/ipc/notification.hpp>

namespace kernel {

void Timer::expire() {
    if (auto* const target = notification.as<Notification>())
        target->signal(notification.data ? notification.data : bits);
}

bool Timer::destroy(unsigned& budget) {
    deadline.cancel();
    if (!teardown::remove(notification, budget)) return false;
    return true;
}

} // namespace kernel
