#include <kernel/ipc/notification.hpp>

#include <kernel/object/thread.hpp>
#include <kernel/trace/trace.hpp>

namespace kernel {

Thread* Notification::would_wake() const {
    if (bound_ && bound_->state == Thread::State::receiving) return bound_;
    return waiters_.empty() ? nullptr : &const_cast<ThreadQueue&>(waiters_).front();
}

void Notification::signal(std::uint64_t bits) {
    if (auto* const thread = raise(bits)) thread->run();
}

Thread* Notification::deliver() {
    auto* const thread = would_wake();
    if (!thread) return nullptr;
    trace::note(*thread, trace::of(trace::Kind::wake));
    auto& frame = thread->frame;
    frame.rax = 0;
    if (thread->state == Thread::State::receiving) {
        thread->leave_wait();
        frame.rbx = abi::MessageTag{0, 1}.with(abi::MessageKind::notification).raw;
        frame.rdi = take();
        frame.r14 = 0;
    } else {
        if (thread->timed)
            thread->leave_wait();
        else
            ThreadQueue::remove(*thread);
        frame.rdx = take();
    }
    thread->state = Thread::State::ready;
    return thread;
}

bool Notification::destroy(unsigned& budget) {
    if (bound_) {
        bound_->bound_notification = nullptr;
        bound_ = nullptr;
    }
    while (!waiters_.empty()) {
        if (budget == 0) return false;
        budget--;
        waiters_.front().finish(abi::Error::cancelled);
    }
    return true;
}

} // namespace kernel
