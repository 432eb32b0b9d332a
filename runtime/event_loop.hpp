#pragma once
// One thread's loop: it waits for messages at our Endpoint and for signals of our Notification, and
// calls whoever asked for them. Handlers run one after the other and must not wait.
//
//     EventLoop loop;
//     loop.on_interrupt(uart_line, resource.bits, [&] { drain(); });
//     loop.on_signal(session.own_bits, [&](abi::Word) { pump(); });
//     loop.on_message([&](Request& request) { rpc::serve(Protocol{}, server, request); });
//     loop.run();
//
// The status page's `turns` counts up before each wait. Of the events bits, 63 is the supervisor's
// and 62 the loop's own, for its timers.

#include <runtime/environment.hpp>
#include <runtime/function.hpp>
#include <runtime/message.hpp>
#include <runtime/object/endpoint.hpp>
#include <runtime/object/interrupt.hpp>
#include <runtime/object/notification.hpp>
#include <runtime/object/owned.hpp>
#include <runtime/object/timer.hpp>
#include <runtime/request.hpp>
#include <runtime/timer_queue.hpp>

#include <array>
#include <cstddef>

namespace runtime {

class EventLoop;

/// Calls its handler when it is due, on the loop's thread.
class LoopTimer : private Due {
public:
    LoopTimer(EventLoop& loop, Function<void()> handler) : loop_(&loop), handler_(handler) {}
    LoopTimer(LoopTimer const&) = delete;
    LoopTimer& operator=(LoopTimer const&) = delete;
    ~LoopTimer() { cancel(); }

    /// Once, at `deadline` (monotonic ns), or so many ns from now. Replaces what was armed.
    void at(abi::Word deadline);
    void after(abi::Word ns);
    void cancel() { TimerQueue::cancel(*this); }
    bool armed() const { return link.linked(); }

private:
    friend EventLoop;
    EventLoop* loop_;
    Function<void()> handler_;
};

class EventLoop {
public:
    static constexpr abi::Word timer_event = abi::Word{1} << 62;
    static constexpr std::size_t most_signals = 32;
    static constexpr std::size_t most_callers = 32;

    using SignalHandler = Function<void(abi::Word)>;
    using MessageHandler = Function<void(Request&)>;

    /// On the Notification of the start page, and its Endpoint if it has one. The first process
    /// names its own, having bound the Notification to its thread.
    EventLoop();
    EventLoop(Endpoint endpoint, Notification events);
    EventLoop(EventLoop const&) = delete;
    EventLoop& operator=(EventLoop const&) = delete;

    // Handlers are asked in the order in which they came. Registering one too many stops the
    // program.

    /// Called with those of `bits` that were signalled.
    void on_signal(abi::Word bits, SignalHandler handler);
    /// Called when the line fired; the loop acknowledges afterwards.
    void on_interrupt(Interrupt interrupt, abi::Word bits, Function<void()> handler);
    /// Messages of the client with this badge, or of all others.
    void on_message(abi::Word badge, MessageHandler handler);
    void on_message(MessageHandler handler) { any_caller_ = handler; }
    /// The supervisor asks to look at the status page. `turns` has counted up already.
    void on_supervisor(Function<void()> handler) { supervisor_ = handler; }
    /// Called before each wait. True: there is more to do, so the loop only looks and calls again.
    /// The place for the rings' prepare_sleep.
    void on_idle(Function<bool()> handler) { idle_ = handler; }

    /// Until stop().
    void run();
    void stop() { stopped_ = true; }

    /// Give a Reply that has been sent back, to be used for the next held request.
    void recycle(Owned<Reply> reply);

private:
    friend LoopTimer;

    struct Signal {
        abi::Word bits = 0;
        SignalHandler handler;
        Interrupt interrupt; ///< empty for plain signals
        Function<void()> interrupt_handler;
    };
    struct Caller {
        abi::Word badge = 0;
        MessageHandler handler;
    };
    /// The message at hand. Its words become those of the answer, which the next wait sends.
    struct Exchange {
        Received message{};
        abi::MessageTag answer;
        bool answered = false;
    };

    Endpoint endpoint_;
    Notification events_;
    Owned<Reply> reply_;
    Owned<Reply> spare_;
    Owned<Timer> timer_;
    TimerQueue due_;
    abi::Word armed_ = 0; ///< the kernel timer's deadline; 0: none
    std::array<Signal, most_signals> signals_;
    std::size_t signal_count_ = 0;
    std::array<Caller, most_callers> callers_;
    std::size_t caller_count_ = 0;
    MessageHandler any_caller_;
    Function<void()> supervisor_;
    Function<bool()> idle_;
    bool stopped_ = false;

    void add_signal(Signal signal);
    Received wait(Exchange const& last, bool only_look);
    Received wait_without_endpoint(bool only_look);
    void dispatch_signals(abi::Word bits);
    void dispatch_message(Exchange& exchange);
    void run_timers();
    void arm_timer();
};

} // namespace runtime
