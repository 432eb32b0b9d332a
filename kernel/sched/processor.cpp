#include <kernel/sched/processor.hpp>

#include <kernel/root.hpp>
#include <kernel/sched/schedule.hpp>

#include <bit>

namespace kernel {

void ReadyQueues::find_highest() {
    for (auto word = occupied_.size(); word-- > 0;)
        if (occupied_[word]) {
            highest_ = static_cast<int>(word * 64 + 63 -
                                        static_cast<unsigned>(std::countl_zero(occupied_[word])));
            return;
        }
    highest_ = -1;
}

void ReadyQueues::remove(Thread& thread) {
    Thread::Queue::remove(thread);
    thread.queued = false;
    auto const priority = thread.priority;
    if (queues_[priority].empty()) {
        occupied_[priority / 64] &= ~(std::uint64_t{1} << priority % 64);
        if (priority == highest_) find_highest();
    }
}

Thread& ReadyQueues::pop() {
    auto& thread = queues_[static_cast<std::size_t>(highest_)].front();
    remove(thread);
    return thread;
}

void unload(Thread& thread, bool save) {
    auto& processor = *thread.processor;
    if (save && &processor != &this_processor()) {
        if (processor.current == &thread) {
            schedule::unready(thread);
            schedule::make_ready(thread);
        }
        if (processor.loaded == &thread || processor.fpu_owner == &thread) {
            root().unloading = &thread;
            remote::ask(processor, remote::unload);
        }
        return;
    }
    if (processor.loaded == &thread) {
        if (save) arch::save_bases(thread.fs_base, thread.gs_base);
        processor.loaded = nullptr;
    }
    if (processor.fpu_owner == &thread) {
        if (save) {
            if (processor.fpu_trapped) arch::trap_extended_state(false);
            thread.extended.save();
            if (processor.fpu_trapped) arch::trap_extended_state(true);
        }
        processor.fpu_owner = nullptr;
    }
}

void unload_ports(Process& process) {
    for (auto* const one : root().running()) {
        if (one->ports != &process) continue;
        if (one == &this_processor())
            close_ports(*one);
        else
            remote::ask(*one, remote::Request{remote::close_ports | remote::come_in});
    }
}

void close_ports(Processor& processor) {
    arch::open_ports(processor.core, false);
    arch::clear_ports(processor.core);
    processor.ports = nullptr;
    processor.ports_open = false;
    if (processor.loaded) unload(*processor.loaded, true);
}

} // namespace kernel
