#pragma once
// The keeper's loop: a message of a task is received, served and answered in one kernel call with
// the next receive; a call that must wait keeps its Reply, and the loop goes on with another.

#include <servers/linux/dispatch.hpp>
#include <servers/linux/skerry/machine.hpp>
#include <servers/linux/system.hpp>

#include <runtime/message.hpp>
#include <runtime/object/timer.hpp>

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

class Keeper {
public:
    Keeper(System& system, SkerryMachine& machine, runtime::Endpoint endpoint);

    /// Those of `bits` that are signalled go to `listener`. At most eight.
    void listen(abi::Word bits, SignalListener& listener);
    [[noreturn]] void run();

private:
    static constexpr abi::Word timer_event = abi::Word{1} << 62;
    struct Listening {
        abi::Word bits = 0;
        SignalListener* listener = nullptr;
    };

    System& system_;
    SkerryMachine& machine_;
    runtime::Endpoint endpoint_;
    runtime::Owned<runtime::Timer> timer_;
    Instant armed_ = never;
    std::array<Listening, 8> listeners_;
    std::size_t listener_count_ = 0;
    runtime::Reply reply_;

    Answer serve(runtime::Received const& received);
    void signalled(abi::Word bits);
    void before_wait();
    runtime::Received exchange(Answer const& answer);
    void answer_now(Task& task, Answer const& answer);
    void refused(Task& task, abi::Error error);
};

} // namespace personality
