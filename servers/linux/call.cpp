#include <servers/linux/call.hpp>

namespace personality {

namespace {

void wake_call(Waiter& waiter) {
    auto& call = *static_cast<Call*>(waiter.owner);
    call.unwatch();
    if (call.ready != nullptr) call.ready->push(call);
}

} // namespace

Waiter* Call::next_waiter() {
    if (used_ < inline_waiters) return &waiters_[used_++];
    // Blocks stay until the call ends, since a call that waits for many things waits again.
    std::size_t index = used_ - inline_waiters;
    auto* link = &more_;
    for (; index >= Block::size && *link; index -= Block::size) link = &(*link)->next;
    if (!*link) link->reset(new (std::nothrow) Block);
    if (!*link) return nullptr;
    used_++;
    return &(*link)->waiters[index];
}

Result<> Call::watch(WaitQueue& queue, std::uint32_t events) {
    Waiter* waiter = next_waiter();
    if (waiter == nullptr) return fail(Errno::nomem);
    waiter->owner = this;
    waiter->wake = wake_call;
    waiter->interest = events;
    queue.add(*waiter);
    return {};
}

void Call::unwatch() {
    if (used_ == 0) return;
    for (auto& waiter : waiters_) waiter.leave();
    if (used_ > inline_waiters) {
        for (auto* block = more_.get(); block != nullptr; block = block->next.get()) {
            for (auto& waiter : block->waiters) waiter.leave();
        }
    }
    used_ = 0;
}

void Call::reset(std::uint64_t call_number) {
    unwatch();
    ReadyList::remove(*this);
    number = call_number;
    progress = {};
    held = {};
    deadline = never;
    interrupted = expired = false;
    first = true;
    // In a loop, since a long chain of blocks must not end in a deep recursion.
    while (more_) more_ = std::move(more_->next);
}

} // namespace personality
