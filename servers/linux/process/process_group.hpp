#pragma once
// Process groups and sessions: what terminals send signals to and ask about.

#include <servers/linux/fs/ref.hpp>
#include <servers/linux/signal/signal.hpp>

#include <base/list.hpp>

#include <cstdint>

namespace personality {

class Process;
class ProcessGroup;
class Terminal; ///< servers/linux/fs: a terminal; here only a name

/// A session lives as long as a process or a terminal refers to it.
class Session : public Counted {
public:
    explicit Session(std::int32_t number);
    ~Session() override;
    std::int32_t const id;
    /// The leader, while it lives.
    Process* leader = nullptr;
    /// The controlling terminal, if there is one; the terminal sets and clears it.
    Terminal* terminal = nullptr;
    /// Who was in the foreground when the terminal was hung up, while the leader lives.
    Ref<ProcessGroup> former_foreground;
    /// Tell them: SIGHUP and SIGCONT.
    void release_foreground();
};

/// The leader of a session has ended: its terminal lets go, and its foreground gets SIGHUP and
/// SIGCONT.
void end_session(Session& session);

class ProcessGroup : public Counted {
public:
    ProcessGroup(std::int32_t number, Ref<Session> of);

    std::int32_t const id;
    Ref<Session> const session;

    bool empty() const { return members_ == nullptr; }
    /// Send a signal to each member (the kernel's own, as terminals do).
    void signal(Signal signal, std::int32_t code = signal_code::kernel);
    /// True if no member has a parent in another group of the same session: nobody could continue
    /// it, so its reads from a terminal fail with EIO instead of stopping it.
    bool orphaned() const;

    void join(Process& process);
    void leave(Process& process);
    Process* first() const { return members_; }

private:
    Process* members_ = nullptr; ///< through Process::next_in_group
};

} // namespace personality
