#pragma once
// Endpoint: where callers and a server meet. At most one of the two queues has threads in it. The
// serving process is the one that received last; when it ends, callers are told.

#include <kernel/object/thread.hpp>

namespace kernel {

class Process;
struct Processor;

class Endpoint : public ObjectOf<abi::Kind::endpoint> {
public:
    using Rights = abi::EndpointRights;

    Thread::Queue callers;   ///< wait to be received
    Thread::Queue receivers; ///< wait for a message
    /// If set, every receiver that waits is this processor's, and its fast paths alone may use this
    /// Endpoint without the lock. Changed under the lock.
    Processor* processor = nullptr;
    Process* server = nullptr;
    base::Link server_link; ///< in the list of the server, or of the one that it is losing
    std::uint64_t loss = 0; ///< the number of its last loss of a server

    void serve(Process& process);
    void leave_server();
    /// The server is gone: callers that did not ask to wait for another get not_received. False:
    /// not all have been told.
    bool lose_server(unsigned& budget);

    bool destroy(unsigned& budget);
};

} // namespace kernel
