#pragma once
// Everything that happens at a time: deadlines of calls, interval timers, timerfds. One kernel
// timer stands for the earliest.

#include <servers/linux/call.hpp>

#include <cstddef>
#include <cstdint>

namespace personality {

class AlarmClock;

/// Something that is to happen at `when`. Its owner embeds it; no memory is asked for to set it.
class Alarm {
public:
    using Ring = void (*)(Alarm&);
    Alarm() = default;
    Alarm(Alarm const&) = delete;
    Alarm& operator=(Alarm const&) = delete;
    ~Alarm() { cancel(); }

    Instant when() const { return when_; }
    bool armed() const { return clock_ != nullptr; }
    void cancel();

    void* owner = nullptr;
    Ring ring = nullptr;

private:
    friend class AlarmClock;
    // A pairing heap: child, next sibling, and the node that points here.
    Alarm* child_ = nullptr;
    Alarm* sibling_ = nullptr;
    Alarm* previous_ = nullptr;
    AlarmClock* clock_ = nullptr;
    Instant when_ = never;
};

class AlarmClock {
public:
    void set(Alarm& alarm, Instant when);
    void cancel(Alarm& alarm);
    Instant next() const { return root_ ? root_->when_ : never; }
    /// Ring what is due at `now`. A ring may set and cancel alarms.
    void advance(Instant now);

private:
    Alarm* root_ = nullptr;
    static Alarm* meld(Alarm* a, Alarm* b);
    static Alarm* meld_pairs(Alarm* first);
};

} // namespace personality
