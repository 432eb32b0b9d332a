#pragma once
// Waiting for what a device was told to do.

#include <runtime/clock.hpp>
#include <runtime/object/notification.hpp>

namespace devices {

/// The bits that are signalled; 0 if nothing comes. The limit is only there to notice a loss.
inline abi::Word heard(runtime::Notification events) {
    auto const bits = events.wait_until(runtime::now_ns() + 5'000'000'000);
    return bits ? *bits : 0;
}

/// The bits that are signalled already.
inline abi::Word polled(runtime::Notification events) {
    auto const bits = events.poll();
    return bits ? *bits : 0;
}

} // namespace devices
