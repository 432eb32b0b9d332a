#include <kernel/ipc/reply.hpp>

#include <kernel/object/process.hpp>

namespace kernel {

void Reply::leave_process() {
    if (caller) caller->finish(abi::Error::server_died);
    if (process) {
        process->replies.remove(*this);
        process = nullptr;
    }
}

bool Reply::destroy(unsigned&) {
    leave_process();
    if (receiver) receiver->finish(abi::Error::cancelled);
    return true;
}

} // namespace kernel
