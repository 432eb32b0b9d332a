#include <kernel/testing/invariants/checker.hpp>

#include <kernel/sched/schedule.hpp>

namespace kernel::testing {

void Checker::check_object(SchedContext& context) {
    expect(!context.owner || (alive(context.owner) && context.owner->own_context == &context),
           "a context's owner does not know it");
    expect(!context.user || (alive(context.user) && context.user->context == &context),
           "a context's user does not have it");
    if (context.user && context.user != context.owner)
        expect(context.user->lent_by != nullptr, "somebody has a context that was not lent");
    auto& budget = context.budget;
    expect(context.refill.armed() == (context.exhausted && budget.count_ > 0),
           "a context is out of time: {}, its refill is armed: {}", context.exhausted,
           context.refill.armed());
    expect(!context.exhausted || budget.limited(), "unlimited time is used up");
    if (context.refill.armed())
        expect(context.refill.at == budget.next(), "a refill comes at the wrong time");
    for (std::uint32_t i = 1; i < budget.count_; i++)
        expect(budget.entry(i - 1).at < budget.entry(i).at, "refills are out of order");
}
void Checker::check_object(Process& process) {
    auto const ended = process.state == abi::ProcessState::ended;
    unsigned count = 0;
    for (auto& thread : process.threads) {
        expect(alive(&thread) && thread.process == &process, "a process has a foreign thread");
        expect(!ended || thread.state == Thread::State::ended, "a thread outlives its process");
        expect(thread.space == process.space() || ended, "a thread has another space");
        count++;
    }
    expect(process.thread_count == count, "a process counts {} threads, not {}",
           process.thread_count, count);
    for (auto& reply : process.replies)
        expect(alive(&reply) && reply.process == &process && !ended, "a process's reply is lost");
    for (auto& endpoint : process.served)
        expect(alive(&endpoint) &&
                   (endpoint.server == &process || (!endpoint.server && process.ends())) && !ended,
               "a process's endpoint is lost");
}

unsigned Checker::check_queue(Thread::Queue& queue, Thread::State state, char const* what) {
    unsigned count = 0;
    for (auto& thread : queue) {
        expect(alive(&thread), "a dead thread stands in a queue ({})", what);
        if (!alive(&thread)) break;
        expect(thread.state == state, "a thread in state {} stands in the queue of {}",
               number(thread.state), what);
        notes_.objects.find(&thread)->queues++;
        count++;
    }
    return count;
}

void Checker::check_object(Endpoint& endpoint) {
    auto const callers = check_queue(endpoint.callers, Thread::State::calling, "callers");
    auto const receivers = check_queue(endpoint.receivers, Thread::State::receiving, "receivers");
    expect(callers == 0 || receivers == 0, "callers and receivers wait for each other");
    if (!endpoint.server && !endpoint.server_link.linked())
        for (auto& caller : endpoint.callers) {
            expect(caller.sending > Sending::send ||
                       caller.tag.has(abi::MessageTag::flag_wait_for_server),
                   "a caller waits for nobody");
        }
    expect(!endpoint.server ||
               (alive(endpoint.server) && contains(endpoint.server->served, endpoint)),
           "an endpoint's server does not know it");
}
void Checker::check_object(Notification& notification) {
    auto const waiters = check_queue(notification.waiters, Thread::State::waiting, "waiters");
    auto* const bound = notification.bound;
    expect(!bound || (alive(bound) && bound->bound_notification == &notification),
           "a bound thread does not know its notification");
    auto const awaited =
        waiters > 0 || (bound && alive(bound) && bound->state == Thread::State::receiving);
    expect(!awaited || !notification.any(), "a signal is not delivered");
}
void Checker::check_object(Reply& reply) {
    expect(!reply.caller || (alive(reply.caller) && reply.caller->reply == &reply &&
                             reply.caller->state == Thread::State::awaiting),
           "a reply's caller does not await it");
    expect(!reply.receiver || (alive(reply.receiver) && reply.receiver->reply == &reply &&
                               reply.receiver->state == Thread::State::receiving),
           "a reply's receiver does not receive with it");
    expect(!reply.caller || !reply.receiver, "a reply has a caller and a receiver");
    expect(!reply.process || (alive(reply.process) && contains(reply.process->replies, reply)),
           "a reply's process does not know it");
    expect((!reply.caller && !reply.receiver) || reply.process, "a reply in use has no process");
    expect(!reply.receiver || contains(reply.endpoint->receivers, *reply.receiver),
           "a reply's receiver waits elsewhere");
    expect(!reply.receiver || reply.receiver->process == reply.process,
           "a reply belongs to another process than its receiver");
    if (reply.lent) {
        expect(alive(reply.lent) && reply.caller, "a reply's lent context is lost");
        if (alive(reply.lent))
            expect(reply.caller && lent_through(reply), "lent time can't find its way home");
    }
}
/// Follow lent time from who has it to the caller of `reply`.
bool Checker::lent_through(Reply& reply) {
    auto* at = reply.lent->user;
    for (unsigned steps = 0; at && at->lent_by && steps < 1000; steps++) {
        if (!alive(at->lent_by) || at->lent_by->lent != reply.lent) return false;
        if (at->lent_by == &reply) return true;
        at = at->lent_by->caller;
    }
    return false;
}

void Checker::check_object(Thread& thread) {
    using State = Thread::State;
    auto const state = thread.state;
    auto const queues =
        state == State::calling || state == State::receiving || state == State::waiting;
    expect(thread.queue_link.linked() == (queues || thread.queued),
           "a thread in state {} is linked: {}", number(state), thread.queue_link.linked());
    // In other states `reply` means nothing.
    if (state == State::receiving || state == State::awaiting)
        expect(alive(thread.reply) && (state == State::receiving ? thread.reply->receiver == &thread
                                                                 : thread.reply->caller == &thread),
               "a thread's reply does not know it");
    expect(!thread.queued || schedule::runnable(thread), "a thread in state {} is queued to run",
           number(state));
    expect(!schedule::runnable(thread) || thread.queued || current_somewhere(thread),
           "a thread that could run is forgotten");
    expect(!thread.queued || !current_somewhere(thread), "the current thread is queued");
    expect(!thread.deadline.armed() || thread.timed, "a thread does not know of its deadline");
    expect(!thread.timed || queues, "a deadline is armed in state {}", number(state));
    if (thread.context)
        expect(alive(thread.context) && thread.context->user == &thread,
               "a thread's context has another user");
    expect(!thread.context || thread.processor == thread.context->processor,
           "a thread has time of another processor");
    if (thread.own_context)
        expect(alive(thread.own_context) && thread.own_context->owner == &thread,
               "a thread's own context has another owner");
    if (thread.context && !thread.lent_by)
        expect(thread.context == thread.own_context, "a thread runs on time of nobody");
    if (thread.lent_by)
        expect(alive(thread.lent_by) && thread.lent_by->lent && thread.lent_by->caller,
               "a thread's lender is lost");
    if (thread.bound_notification)
        expect(alive(thread.bound_notification) && thread.bound_notification->bound == &thread,
               "a bound notification does not know its thread");
    if (thread.process)
        expect(alive(thread.process) && contains(thread.process->threads, thread),
               "a thread's process does not know it");
    expect(state == State::fresh || state == State::ended || thread.process,
           "a thread without a process is in state {}", number(state));
    expect(!thread.space || alive(thread.space), "a thread's space is dead");
    expect((thread.message_page == nullptr) == thread.message_slot.empty(),
           "a message page without its capability");
    if (thread.message_page) {
        auto const& memory = static_cast<Memory&>(*thread.message_slot.object);
        auto const at = arch::to_physical(thread.message_page);
        expect(at >= memory.start() &&
                   at + abi::page_bytes <= memory.start() + memory.pages() * abi::page_bytes,
               "a message page lies outside its memory");
    }
    expect(thread.frame.rflags & arch::interrupt_flag, "a thread runs without interrupts");
}

} // namespace kernel::testing
