#include <kernel/object/process.hpp>

#include <kernel/cap/teardown.hpp>
#include <kernel/ipc/notification.hpp>
#include <kernel/log/check.hpp>
#include <kernel/memory/address_space.hpp>
#include <kernel/sched/processor.hpp>

#include <algorithm>

namespace kernel {

namespace {

/// What a thread's end or start takes of a budget.
constexpr unsigned thread_cost = 2;

} // namespace

void Process::join(Thread& thread) {
    thread.process = this;
    thread.space = space();
    threads.push_back(thread);
    thread_count++;
}

void Process::leave(Thread& thread) {
    if (next_.at == &thread.process_link) ++next_;
    threads.remove(thread);
    thread_count--;
    thread.process = nullptr;
    thread.space = nullptr;
}

/// All threads are to follow into this state.
void Process::enter(abi::ProcessState fresh) {
    state = fresh;
    next_ = threads.begin();
}

Thread* Process::put_caller_last() {
    auto* const caller = this_processor().current;
    if (!caller || caller->process != this) return nullptr;
    if (next_.at == &caller->process_link) ++next_;
    threads.remove(*caller);
    threads.push_back(*caller);
    if (next_ == threads.end()) next_ = {&caller->process_link};
    return caller;
}

template <class F> bool Process::visit(Thread const* last, unsigned& budget, F&& each) {
    while (next_ != threads.end() && &*next_ != last) {
        if (budget == 0) return false;
        budget -= std::min(budget, thread_cost);
        auto& thread = *next_;
        ++next_;
        each(thread);
    }
    return true;
}

bool Process::hold(bool on, unsigned& budget) {
    auto const wanted = on ? abi::ProcessState::stopped : abi::ProcessState::running;
    if (state != wanted) enter(wanted);
    put_caller_last();
    return visit(nullptr, budget, [on](Thread& thread) { thread.hold(on); });
}

bool Process::end(std::uint64_t code, unsigned& budget) {
    if (state == abi::ProcessState::ended) return true;
    check(!first, "the first process has ended");
    if (state != abi::ProcessState::ending) {
        enter(abi::ProcessState::ending);
        exit_code = code;
    }
    auto* const caller = put_caller_last();
    auto* const current = this_processor().current;
    auto* const lent = current ? current->context : nullptr;
    // Who ends it goes on until all is done: those through whom his time was lent come after him.
    auto const lends = [lent](Reply const& reply) { return lent && reply.lent == lent; };
    if (!visit(caller, budget, [&](Thread& thread) {
            if (thread.state != Thread::State::awaiting || !lends(*thread.reply)) thread.end();
        }))
        return false;
    for (auto next = replies.begin(); next != replies.end();) {
        auto& reply = *next;
        ++next;
        if (lends(reply)) continue;
        if (budget == 0) return false;
        budget--;
        reply.leave_process();
    }
    while (!served.empty())
        if (budget == 0 || !served.front().lose_server(budget)) return false;
    if (caller) caller->end();
    for (auto& thread : threads) thread.end();
    while (!replies.empty()) replies.front().leave_process();
    if (pool()) pool()->begin_emptying();
    state = abi::ProcessState::ended;
    Notification::signal_by(end_notification);
    return true;
}

bool Process::take_apart(unsigned& budget) {
    unload_ports(*this);
    for (auto& range : ports)
        if (!teardown::remove(range, budget)) return false;
    if (auto* const own = pool(); own && !own->empty_all(budget)) return false;
    for (auto* slot : {&pool_slot, &space_slot})
        if (!teardown::remove(*slot, budget)) return false;
    return true;
}

bool Process::lose_space(unsigned& budget) {
    if (!end(static_cast<std::uint64_t>(abi::Error::revoked), budget)) return false;
    for (auto& thread : threads) thread.space = nullptr;
    return true;
}

bool Process::destroy(unsigned& budget) {
    if (!end(static_cast<std::uint64_t>(abi::Error::cancelled), budget)) return false;
    for (; !threads.empty(); budget--) {
        if (budget == 0) return false;
        leave(threads.front());
    }
    return take_apart(budget) && teardown::remove(end_notification, budget);
}

} // namespace kernel
