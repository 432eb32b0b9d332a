#include <kernel/ipc/notification.hpp>

#include <kernel/object/thread.hpp>
#include <kernel/trace/trace.hpp>

namespace kernel {

void Notification::signal(std::uint64_t bits) {
    if (auto* const thread = raise(bits)) thread->run();
}

Thread* Notification::deliver() {
    auto const receives = bound && bound->state == Thread::State::receiving;
    if (!receives && waiters.empty()) return nullptr;
    auto* const thread = receives ? bound : &waiters.front();
    trace::note(*thread, trace::of(trace::Kind::wake));
    if (receives) {
        thread->leave_wait();
        answer_receive(thread->frame);
    } else {
        if (thread->timed)
            thread->leave_wait();
        else
            Thread::Queue::remove(*thread);
        thread->frame.rax = 0;
        thread->frame.rdx = take();
    }
    thread->state = Thread::State::ready;
    return thread;
}

void Notification::answer_receive(Frame& frame) {
    frame.rax = 0;
    frame.rbx = abi::MessageTag{0, 1}.with(abi::MessageKind::notification).raw;
    frame.rdi = take();
    frame.r14 = 0;
}

bool Notification::destroy(unsigned& budget) {
    if (bound) bound->bind_notification(nullptr);
    return Thread::finish_all(waiters, abi::Error::cancelled, budget);
}

} // namespace kernel
