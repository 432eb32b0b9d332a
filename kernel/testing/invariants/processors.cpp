#include <kernel/testing/invariants/checker.hpp>

#include <kernel/sched/schedule.hpp>

#include <algorithm>

namespace kernel::testing {

bool Checker::current_somewhere(Thread const& thread) const {
    return std::ranges::any_of(processors_,
                               [&](Processor* one) { return one->current == &thread; });
}

void Checker::check_processor(Processor& processor) {
    auto* const current = processor.current;
    // Who was started without time is stopped by the timer, which is armed for now.
    auto const stops = current && current->context && current->context->exhausted &&
                       processor.budget_end <= arch::now_ns();
    expect(!current || (alive(current) && (schedule::runnable(*current) || stops)),
           "the current thread can't run");
    // One that was asked to close ports, and waits for the lock, loads its thread again on the way
    // out.
    auto const waits = &processor != &this_processor() && !processor.loaded && !processor.ports;
    expect(!current || processor.loaded == current || waits,
           "processor {}: the current thread, in state {}, is not loaded, but {}", processor.number,
           number(current ? current->state : Thread::State::fresh),
           processor.loaded ? "another" : "nobody");
    expect(!current || processor.space == current->space, "another space is loaded");
    expect(!current || processor.context == current->context, "time is charged to another");
    expect(!processor.loaded || alive(processor.loaded), "a dead thread is loaded");
    expect(!processor.fpu_owner || alive(processor.fpu_owner), "a dead thread owns the FPU");
    expect(!processor.space || alive(processor.space), "a dead space is loaded");
    expect(!processor.ports || alive(processor.ports), "a dead process's ports are loaded");
    expect(!processor.context || alive(processor.context), "a dead context is charged");
    expect(!current || current->fpu_free || processor.fpu_owner == current || waits,
           "foreign extended state");
    for (unsigned priority = 0; priority < 256; priority++)
        for (auto& thread : processor.ready.queues_[priority]) {
            expect(alive(&thread) && thread.queued && thread.priority == priority,
                   "a thread stands in the wrong ready queue");
            expect(static_cast<int>(priority) <= processor.ready.highest_,
                   "the highest ready priority is wrong");
            if (!alive(&thread)) break;
            notes_.objects.find(&thread)->queues++;
        }
    check_deadlines(processor.deadlines.top_);
}

/// After all queues were looked at.
void Checker::check_queues() {
    for (auto* object : notes_.all) {
        if (object->kind != abi::Kind::thread) continue;
        auto const queues = notes_.objects.find(object)->queues;
        expect(queues <= 1, "a thread stands in {} queues", queues);
        expect(static_cast<Thread*>(object)->queue_link.linked() == (queues > 0),
               "a thread is linked into a queue of nothing alive");
    }
}

void Checker::check_deadlines(Deadline* top) {
    auto const rank = [](Deadline const* node) { return node ? node->rank : 0; };
    expect(!top || !top->parent, "deadlines are mislinked");
    for (auto* node = top; node;) {
        expect(alive(&node->owner), "a deadline of a dead object");
        if (!alive(&node->owner)) return;
        expect(node->heap != nullptr, "a deadline is among the others, and not armed");
        for (auto const* child : {node->left, node->right}) {
            if (!child) continue;
            expect(child->parent == node, "deadlines are mislinked");
            if (child->parent != node) return;
            expect(node->at <= child->at, "deadlines are out of order");
        }
        expect(rank(node->left) >= rank(node->right) && node->rank == rank(node->right) + 1,
               "deadlines lean to the wrong side");
        if (node->left || node->right) {
            node = node->left ? node->left : node->right;
            continue;
        }
        // Up, until something is on the right that we have not come from.
        auto* from = node;
        for (node = node->parent; node && (node->right == from || !node->right);
             node = node->parent)
            from = node;
        if (node) node = node->right;
    }
}

} // namespace kernel::testing
