#pragma once
// One thread of the server, for the programs of one processor: a message of a task is received,
// served and answered in one kernel call with the next receive; a call that must wait keeps its
// Reply, and the loop goes on with another. Any of the threads may answer that later.
//
// The server's lock is taken when a message has come and given back before the answer is on its
// way. So what the answer says must stay right whatever the others do in between: see `settle`.

#include <servers/linux/dispatch.hpp>
#include <servers/linux/skerry/events.hpp>
#include <servers/linux/skerry/machine.hpp>
#include <servers/linux/skerry/server_lock.hpp>
#include <servers/linux/system.hpp>

#include <runtime/message.hpp>

namespace personality {

class Keeper {
public:
    /// What the threads share. `lock` guards all of it, and all that can be reached from it.
    struct Shared {
        System& system;
        SkerryMachine& machine;
        Events& events;
        ServerLock lock;
    };

    /// `processor`: whose programs it keeps. With the lock, or before there are threads.
    Keeper(Shared& shared, std::uint32_t processor);

    [[noreturn]] void run();

private:
    ServerLock& lock_;
    System& system_;
    SkerryMachine& machine_;
    Events& events_;
    std::uint32_t const processor_;
    runtime::Endpoint endpoint_;
    runtime::Reply reply_;
    bool const alone_; ///< there are no other threads
    // Whose message was served last, and by what it is known, since it may end at any time; and
    // whether it was sent an answer.
    Task* task_ = nullptr;
    abi::Word badge_ = 0;
    bool answered_ = false;

    Answer take(runtime::Received const& received);
    Answer serve(Task& task, runtime::Received const& received);
    Answer settle(Task& task, Answer answer);
    runtime::Received exchange(Answer const& answer) __attribute__((release_capability(lock_)));
    void answer_now(Task& task, Answer const& answer);
    void refused(Task& task, std::string_view why);
};

} // namespace personality
