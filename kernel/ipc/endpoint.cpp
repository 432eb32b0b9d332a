#include <kernel/ipc/endpoint.hpp>

#include <kernel/object/process.hpp>

namespace kernel {

void Endpoint::serve(Process& process) {
    if (server == &process) return;
    leave_server();
    server = &process;
    process.served.push_back(*this);
}

void Endpoint::leave_server() {
    if (server) server->served.remove(*this);
    server = nullptr;
    processor = nullptr;
}

void Endpoint::lose_server() {
    leave_server();
    for (auto at = callers.begin(); at != callers.end();) {
        auto& caller = *at;
        ++at;
        if (!caller.tag.has(abi::MessageTag::flag_wait_for_server) && !caller.waits_for_keeper())
            caller.finish(abi::Error::not_received);
    }
}

bool Endpoint::destroy(unsigned& budget) {
    leave_server();
    return Thread::finish_all(callers, abi::Error::not_received, budget) &&
           Thread::finish_all(receivers, abi::Error::cancelled, budget);
}

} // namespace kernel
