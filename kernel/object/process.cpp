#include <kernel/object/process.hpp>

#include <kernel/cap/teardown.hpp>
#include <kernel/ipc/notification.hpp>
#include <kernel/log/check.hpp>
#include <kernel/memory/address_space.hpp>
#include <kernel/sched/processor.hpp>

namespace kernel {

void Process::hold(bool on) {
    state = on ? abi::ProcessState::stopped : abi::ProcessState::running;
    for (auto& thread : threads) thread.hold(on);
}

void Process::end(std::uint64_t code) {
    if (state == abi::ProcessState::ended) return;
    check(!first, "the first process has ended");
    state = abi::ProcessState::ended;
    exit_code = code;
    for (auto& thread : threads) thread.end();
    while (!replies.empty()) {
        auto& reply = replies.front();
        reply.fail(abi::Error::server_died);
        reply.leave_process();
    }
    while (!served.empty()) served.front().lose_server();
    Notification::signal_by(end_notification);
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

void Process::lose_space() {
    end(static_cast<std::uint64_t>(abi::Error::revoked));
    for (auto& thread : threads) thread.space = nullptr;
}

bool Process::destroy(unsigned& budget) {
    end(static_cast<std::uint64_t>(abi::Error::cancelled));
    while (!threads.empty()) {
        auto& thread = threads.pop_front();
        thread.process = nullptr;
        thread.space = nullptr;
    }
    return take_apart(budget) && teardown::remove(end_notification, budget);
}

} // namespace kernel
