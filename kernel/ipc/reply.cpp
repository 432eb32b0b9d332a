#include <kernel/ipc/reply.hpp>

#include <kernel/object/process.hpp>

namespace kernel {

void Reply::fail(abi::Error error) {
    if (caller) caller->finish(error);
}

void Reply::leave_process() {
    if (process) {
        process->replies.remove(*this);
        process = nullptr;
    }
}

bool Reply::destroy(unsigned&) {
    fail(abi::Error::server_died);
    if (receiver) receiver->finish(abi::Error::cancelled);
    leave_process();
    return true;
}

} // namespace kernel
