#include <kernel/object/thread.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/ipc/message.hpp>
#include <kernel/ipc/notification.hpp>
#include <kernel/log/check.hpp>
#include <kernel/log/log.hpp>
#include <kernel/memory/address_space.hpp>
#include <kernel/object/process.hpp>
#include <kernel/root.hpp>
#include <kernel/sched/schedule.hpp>
#include <kernel/trace/trace.hpp>

#include <utility>

namespace kernel {

Thread::Thread() : frame{}, processor(root().processors[0]) { arch::prepare_user_frame(frame); }

void Thread::wait(State in, Queue& queue, std::uint64_t until) {
    // Whoever calls on is still at work for its caller.
    if (in != State::calling) return_lent_time();
    schedule::unready(*this); // it may have moved, with its own time, to another processor's queue
    state = in;
    queue.push_back(*this);
    if (until == 0) return;
    timed = true;
    schedule::set(deadline, until);
}

void Thread::run_on(SchedContext& time) {
    context = &time;
    time.user = this;
    schedule::place(*this, *time.processor);
}

void Thread::return_lent_time() {
    if (!lent_by) return;
    auto& caller = *lent_by->caller;
    lent_by->lent = nullptr;
    lent_by = nullptr;
    caller.run_on(*std::exchange(context, nullptr));
    use_own_time();
}

void Thread::use_own_time() {
    if (context || !own_context) return;
    run_on(*own_context);
    schedule::make_ready(*this);
}

void Thread::leave_wait() {
    timed = false;
    deadline.cancel();
    switch (state) {
    case State::calling:
    case State::waiting: Queue::remove(*this); break;
    case State::receiving:
        Queue::remove(*this);
        reply->receiver = nullptr;
        reply = nullptr;
        break;
    case State::awaiting:
        ipc::take_back_time(*reply);
        reply->caller = nullptr;
        reply = nullptr;
        break;
    default: break;
    }
}

void Thread::finish(abi::Error error) {
    auto const kept = waits_for_keeper();
    leave_wait();
    if (kept && sending != Sending::timeout) {
        lose_keeper();
        return;
    }
    if (!kept) {
        frame.rax = static_cast<std::uint64_t>(error);
        frame.rdx = 0;
    }
    run();
}

bool Thread::finish_all(Queue& queue, abi::Error error, unsigned& budget) {
    for (; !queue.empty(); budget--) {
        if (budget == 0) return false;
        queue.front().finish(error);
    }
    return true;
}

void Thread::run() {
    state = State::ready;
    if (kicked && foreign && !held)
        ipc::to_keeper(*this, Sending::kicked);
    else
        schedule::make_ready(*this);
}

void Thread::suspend() {
    if (waits()) {
        if (!waits_for_keeper())
            frame.rax = static_cast<std::uint64_t>(abi::Error::cancelled);
        else if (sending == Sending::foreign)
            arch::restart_call(frame);
        else if (sending == Sending::kicked && state == State::calling)
            kicked = true; // nobody has heard of it
        leave_wait();
    }
    rest();
    state = State::suspended;
}

void Thread::rest() {
    if (revokes) derivation::end_revoking(*revokes);
    schedule::unready(*this);
}

void Thread::kick() {
    if (!foreign) {
        if (waits() && !waits_for_keeper()) finish(abi::Error::cancelled);
        return;
    }
    if (state == State::ended) return;
    kicked = true;
    // One that was interrupted in user mode reports at once, the others on their way there.
    if (state == State::ready && !held) {
        schedule::unready(*this);
        run();
    }
}

void Thread::lose_keeper() {
    rest();
    state = State::keeper_lost;
    if (!process) return;
    if (process->first) {
        log("{}: vector {} error {:x} address {:x} at {:x} stack {:x}", process->name, fault_vector,
            fault_error, fault_address, frame.rip, frame.rsp);
        panic("the first process has failed");
    }
    Notification::signal_by(process->end_notification);
}

void Thread::end() {
    if (state == State::ended) return;
    leave_wait(); // brings back time that it passed on
    return_lent_time();
    rest();
    state = State::ended;
    trace::note(*this, trace::of(trace::Kind::thread_ended));
    // That of the processor it ran on, from which its own time may just have moved it.
    if (auto& here = this_processor(); here.current == this) here.current = nullptr;
}

void Thread::hold(bool on) {
    held = on;
    if (on)
        rest();
    else if (state == State::ready)
        run();
}

void Thread::bind_context(SchedContext* fresh) {
    if (own_context) {
        own_context->take_back();
        own_context->owner = nullptr;
    }
    own_context = fresh;
    if (!fresh) return;
    fresh->owner = this;
    if (!lent_by) use_own_time();
}

void Thread::bind_notification(Notification* fresh) {
    if (bound_notification) bound_notification->bound = nullptr;
    bound_notification = fresh;
    if (!fresh) return;
    fresh->bound = this;
    fresh->signal(0); // what was kept so far ends a receive
}

bool Thread::destroy(unsigned& budget) {
    end();
    unload(*this, false);
    bind_notification(nullptr);
    if (process) {
        if (own_context) process->time += own_context->consumed;
        process->leave(*this);
    }
    bind_context(nullptr);
    for (auto* slot : {&keeper, &timeout, &message_slot})
        if (!teardown::remove(*slot, budget)) return false;
    return true;
}

} // namespace kernel
