#include <servers/linux/fs/async_notice.hpp>

#include <servers/linux/fs/file.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>

#include <new>

namespace personality {

std::unique_ptr<AsyncNotice> AsyncNotice::create(System& system, File& file) {
    auto* const queue = file.poll_queue();
    if (queue == nullptr) return nullptr;
    std::unique_ptr<AsyncNotice> made(new (std::nothrow) AsyncNotice(system, file));
    if (!made) return nullptr;
    made->waiter_.owner = made.get();
    made->waiter_.wake = [](Waiter& waiter) { static_cast<AsyncNotice*>(waiter.owner)->tell(); };
    queue->add(made->waiter_);
    return made;
}

void AsyncNotice::tell() {
    auto const& owner = file_.signal_owner;
    if (owner.id == 0 || file_.references() == 0) return; // it is being closed
    SignalInfo const info{.signal =
                              owner.signal != 0 ? static_cast<Signal>(owner.signal) : Signal::io,
                          .code = signal_code::kernel};
    auto const may = [&](Process const& process) {
        auto const& to = process.identity;
        return owner.effective_user == 0 || owner.effective_user == to.suid ||
               owner.effective_user == to.uid || owner.user == to.suid || owner.user == to.uid;
    };
    // A real-time signal that finds no room is lost: the owner looks at the file anyway.
    if (owner.id < 0) {
        auto* const group = system_.tasks.group(-owner.id);
        for (auto* each = group != nullptr ? group->first() : nullptr; each != nullptr;
             each = each->next_in_group)
            if (may(*each)) static_cast<void>(send_signal(*each, info));
    } else if (owner.thread) {
        auto* const task = system_.tasks.task(owner.id);
        if (task != nullptr && may(task->process)) static_cast<void>(send_signal(*task, info));
    } else {
        auto* const process = system_.tasks.process(owner.id);
        if (process != nullptr && may(*process)) static_cast<void>(send_signal(*process, info));
    }
}

} // namespace personality
