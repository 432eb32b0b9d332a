#include <servers/linux/skerry/events.hpp>

#include <servers/linux/dispatch.hpp>
#include <servers/linux/process/end.hpp>

#include <runtime/environment.hpp>
#include <runtime/log.hpp>

#include <span>
#include <utility>

namespace personality {

namespace {
runtime::Notification events() { return runtime::Notification(runtime::environment().events); }
} // namespace

Events::Events(System& system) : system_(system) {
    auto timer = runtime::Untyped(runtime::environment().objects).make<runtime::Timer>();
    if (!timer) runtime::give_up("no memory for a timer");
    timer_ = std::move(*timer);
}

void Events::listen(abi::Word bits, SignalListener& listener) {
    listeners_[listener_count_++] = {bits, &listener};
}

void Events::signalled(abi::Word bits) {
    if ((bits & timer_event) != 0) armed_ = never;
    system_.attention = true;
    for (auto const& each : std::span(listeners_).first(listener_count_)) {
        if ((bits & each.bits) != 0) each.listener->signalled(bits & each.bits);
    }
}

void Events::before_wait() {
    for (;;) {
        if (system_.alarms.next() != never) {
            auto const now = system_.now();
            if (system_.alarms.next() <= now) system_.alarms.advance(now);
        }
        run_ready(system_);
        bury(system_);
        // Listeners that nobody has asked for have had their look already, and still wait for a
        // signal.
        if (std::exchange(system_.attention, false))
            for (auto const& each : std::span(listeners_).first(listener_count_))
                system_.attention |= each.listener->before_wait();
        bool const more = !system_.ready.empty() || system_.attention;
        auto const next = system_.alarms.next();
        if (!more && next != armed_) {
            // A timer that rings too early for what was cancelled does no harm.
            if (next < armed_ && timer_.arm(next, events(), timer_event)) armed_ = next;
        }
        if (!more) break;
    }
}

} // namespace personality
