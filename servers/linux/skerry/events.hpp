#pragma once
// What reaches the server beside the calls of programs: signals of its Notification, which its
// first thread hears, and the time. And what is to be done before a thread waits, by whichever
// thread that is. All of it under the server's lock.

#include <servers/linux/system.hpp>

#include <runtime/handle.hpp>

#include <array>

namespace personality {

/// Somebody who hears signals of our Notification.
class SignalListener {
public:
    virtual ~SignalListener() = default;
    virtual void signalled(abi::Word bits) = 0;
    /// Before the loop waits. True: look again, something came in meanwhile.
    virtual bool before_wait() { return false; }
};

class Events {
public:
    explicit Events(System& system);

    /// Those of `bits` that are signalled go to `listener`. At most eight.
    void listen(abi::Word bits, SignalListener& listener);
    void signalled(abi::Word bits);
    /// Run what became ready, until there is nothing more to do.
    void before_wait();
    /// True if there is something to do besides answering the task that was served.
    bool busy() { return system_.busy() || system_.alarms.next() < armed_; }

private:
    static constexpr abi::Word timer_event = abi::Word{1} << 62;
    struct Listening {
        abi::Word bits = 0;
        SignalListener* listener = nullptr;
    };

    System& system_;
    runtime::Owned<runtime::Timer> timer_;
    Instant armed_ = never;
    std::array<Listening, 8> listeners_;
    std::size_t listener_count_ = 0;
};

} // namespace personality
