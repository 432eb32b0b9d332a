#pragma once
// Reply: holds one caller until it is answered, once. It is made beforehand, named at each receive,
// and can be set aside by naming another: to hold an answer costs no thread.

#include <kernel/cap/slot.hpp>

#include <abi/error.hpp>
#include <base/list.hpp>

namespace kernel {

class Endpoint;
class Process;
class Thread;
class SchedContext;

class Reply : public ObjectOf<abi::Kind::reply> {
public:
    using Rights = abi::ReplyRights;

    Thread* caller = nullptr;     ///< awaits the answer
    Thread* receiver = nullptr;   ///< waits with this object
    Endpoint* endpoint = nullptr; ///< where its last receiver has waited
    /// The caller's time, while the server works on it.
    SchedContext* lent = nullptr;
    Process* process = nullptr; ///< who receives with it, and whose end fails the caller
    base::Link process_link;

    /// Nobody answers any more: the caller gets server_died.
    void leave_process();

    bool destroy(unsigned& budget);
};

} // namespace kernel
