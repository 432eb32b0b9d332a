#include <kernel/ipc/endpoint.hpp>

#include <kernel/object/process.hpp>
#include <kernel/root.hpp>

namespace kernel {

void Endpoint::serve(Process& process) {
    if (server == &process) return;
    leave_server();
    server = &process;
    process.served.push_back(*this);
}

void Endpoint::leave_server() {
    if (server_link.linked()) base::List<Endpoint, &Endpoint::server_link>::remove(*this);
    server = nullptr;
    processor = nullptr;
}

bool Endpoint::lose_server(unsigned& budget) {
    if (server) loss = ++root().losses;
    server = nullptr; // who comes now is patient, or refused
    processor = nullptr;
    // Those that stay go to the back one after the other, and are in their order again.
    for (; !callers.empty() && callers.front().told != loss; budget--) {
        if (budget == 0) return false;
        auto& caller = callers.front();
        if (caller.tag.has(abi::MessageTag::flag_wait_for_server) || caller.waits_for_keeper()) {
            caller.told = loss;
            callers.drop_front();
            callers.push_back(caller);
        } else {
            caller.finish(abi::Error::not_received);
        }
    }
    leave_server();
    budget -= budget > 0;
    return true;
}

bool Endpoint::destroy(unsigned& budget) {
    leave_server();
    return Thread::finish_all(callers, abi::Error::not_received, budget) &&
           Thread::finish_all(receivers, abi::Error::cancelled, budget);
}

} // namespace kernel
