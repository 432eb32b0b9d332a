#include <runtime/clock.hpp>
#include <runtime/event_loop.hpp>
#include <runtime/log.hpp>
#include <runtime/object/cap_pool.hpp>
#include <runtime/object/untyped.hpp>

#include <utility>

namespace runtime {

namespace {

/// For a wait that only looks: it has passed long ago.
constexpr abi::Word past = 1;

/// Start-up fails only if the manifest gave too little: then the program can't begin.
template <class T> T must(base::Result<T> result, std::string_view what) {
    if (!result) give_up("event loop: {}: {}", what, result.error());
    return *std::move(result);
}

/// The Endpoint's slot is empty in services that serve nobody.
Endpoint served_endpoint() {
    auto const address = environment().endpoint;
    auto const info = CapPool(own_pool).inspect(address.slot());
    bool const there = info && info->kind == abi::Kind::endpoint;
    return Endpoint(there ? address : abi::CapAddress{});
}

} // namespace

void LoopTimer::at(abi::Word deadline) { loop_->due_.arm(*this, deadline); }
void LoopTimer::after(abi::Word ns) { at(now_ns() + ns); }

EventLoop::EventLoop() : EventLoop(served_endpoint(), Notification(environment().events)) {}

EventLoop::EventLoop(Endpoint endpoint, Notification events)
    : endpoint_(endpoint), events_(events) {
    if (endpoint_) reply_ = must(Untyped(environment().objects).make<Reply>(), "making a Reply");
}

void EventLoop::on_signal(abi::Word bits, SignalHandler handler) {
    add_signal({bits, handler, {}, {}});
}

void EventLoop::on_interrupt(Interrupt interrupt, abi::Word bits, Function<void()> handler) {
    add_signal({bits, {}, interrupt, handler});
}

void EventLoop::add_signal(Signal signal) {
    if (signal_count_ == most_signals) give_up("event loop: more than {} signals", most_signals);
    signals_[signal_count_++] = signal;
}

void EventLoop::on_message(abi::Word badge, MessageHandler handler) {
    if (caller_count_ == most_callers) give_up("event loop: more than {} callers", most_callers);
    callers_[caller_count_++] = {badge, handler};
}

void EventLoop::recycle(Owned<Reply> reply) {
    if (!spare_) spare_ = std::move(reply);
}

void EventLoop::run() {
    Exchange exchange;
    while (!stopped_) {
        run_timers();
        arm_timer();
        auto& turns = environment().status->turns;
        turns = turns + 1;
        bool const only_look = idle_ && idle_();
        auto& message = exchange.message;
        message = wait(exchange, only_look);
        exchange.answered = false;
        if (!message.ok()) [[unlikely]] {
            // A kick ends a wait early, and a look that finds nothing is no news.
            if (message.error != abi::Error::cancelled && message.error != abi::Error::timed_out &&
                message.error != abi::Error::would_block)
                give_up("event loop: waiting: {}", message.error);
        } else if (message.tag.kind() == abi::MessageKind::notification) {
            dispatch_signals(message.words[0]);
        } else {
            dispatch_message(exchange);
        }
    }
    if (exchange.answered) (void)reply_.send(exchange.answer, exchange.message.words);
}

Received EventLoop::wait(Exchange const& last, bool only_look) {
    if (!endpoint_) return wait_without_endpoint(only_look);
    auto const& words = last.message.words;
    if (only_look) {
        if (last.answered) (void)reply_.send(last.answer, words);
        return endpoint_.receive_until(past, reply_);
    }
    if (!last.answered) return endpoint_.receive(reply_);
    // Most answers are short, and registers that carry nothing need not be loaded.
    if (last.answer.words() <= 2)
        return endpoint_.reply_receive(reply_, last.answer, words[0], words[1]);
    return endpoint_.reply_receive(reply_, last.answer, words);
}

Received EventLoop::wait_without_endpoint(bool only_look) {
    auto const bits = only_look ? events_.poll() : events_.wait();
    Received received{};
    received.error = bits ? abi::Error::ok : bits.error();
    received.tag = abi::MessageTag{}.with(abi::MessageKind::notification);
    received.words[0] = bits.value_or(0);
    return received;
}

void EventLoop::dispatch_signals(abi::Word bits) {
    // The timer's bit needs no handler here: every turn looks at the clock if it is due.
    if ((bits & timer_event) != 0) armed_ = 0;
    if ((bits & protocols::supervisor_event) != 0 && supervisor_) supervisor_();
    for (std::size_t i = 0; i < signal_count_; i++) {
        auto& signal = signals_[i];
        if ((signal.bits & bits) == 0) continue;
        if (signal.handler) {
            signal.handler(signal.bits & bits);
        } else {
            signal.interrupt_handler();
            if (auto const done = signal.interrupt.acknowledge(); !done)
                log("event loop: acknowledging an interrupt: {}", done.error());
        }
    }
}

void EventLoop::dispatch_message(Exchange& exchange) {
    if (!spare_) [[unlikely]] {
        // Should this fail the request can't be held, and its handler is told.
        if (auto made = Untyped(environment().objects).make<Reply>()) spare_ = *std::move(made);
    }
    Request request(exchange.message, reply_, spare_);
    auto* handler = &any_caller_;
    for (std::size_t i = 0; i < caller_count_; i++)
        if (callers_[i].badge == request.badge()) handler = &callers_[i].handler;
    if (*handler) (*handler)(request);
    // Also for a message that was sent without waiting for an answer: then nobody hears it.
    exchange.answered = !request.held();
    exchange.answer = request.answer_tag();
}

void EventLoop::run_timers() {
    if (due_.next() == 0) return;
    auto const now = now_ns();
    while (auto* const due = due_.pop(now)) static_cast<LoopTimer*>(due)->handler_();
}

void EventLoop::arm_timer() {
    auto const next = due_.next();
    // One that is armed too early rings in vain once: cheaper than a call to move it each time.
    if (next == 0 || (armed_ != 0 && armed_ <= next)) return;
    if (!timer_) timer_ = must(Untyped(environment().objects).make<Timer>(), "making a Timer");
    if (auto const done = timer_.arm(next, events_, timer_event); !done)
        give_up("event loop: arming a timer: {}", done.error());
    armed_ = next;
}

} // namespace runtime
