#include <kernel/ipc/endpoint.hpp>

#include <kernel/object/process.hpp>

namespace kernel {

void Endpoint::serve(Process& process) {
    if (server == &process) return;
    if (server) server->served.remove(*this);
    server = &process;
    processor = nullptr;
    process.served.push_back(*this);
}

void Endpoint::lose_server() {
    server->served.remove(*this);
    server = nullptr;
    processor = nullptr;
    // Those who wait for another server stay, in their order.
    ThreadQueue stay;
    while (!callers.empty()) {
        auto& caller = callers.front();
        auto const waits = caller.tag.has(abi::MessageTag::flag_wait_for_server) ||
                           (caller.sending != Sending::call && caller.sending != Sending::send);
        if (waits) {
            ThreadQueue::remove(caller);
            stay.push_back(caller);
        } else {
            caller.finish(abi::Error::not_received);
        }
    }
    while (!stay.empty()) {
        auto& caller = stay.front();
        ThreadQueue::remove(caller);
        callers.push_back(caller);
    }
}

bool Endpoint::destroy(unsigned& budget) {
    if (server) {
        server->served.remove(*this);
        server = nullptr;
    }
    for (auto* queue : {&callers, &receivers})
        while (!queue->empty()) {
            if (budget == 0) return false;
            budget--;
            queue->front().finish(queue == &callers ? abi::Error::not_received
                                                    : abi::Error::cancelled);
        }
    return true;
}

} // namespace kernel
