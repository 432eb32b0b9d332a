#pragma once
// A terminal: a line discipline with a window size, the session that it controls and the process
// group in its foreground. Where its bytes come from and go to is its transport's business.

#include <servers/linux/fs/attributes.hpp>
#include <servers/linux/fs/ref.hpp>
#include <servers/linux/fs/terminal/line_discipline.hpp>
#include <servers/linux/outcome.hpp>
#include <servers/linux/process/process_group.hpp>
#include <servers/linux/signal/signal.hpp>
#include <servers/linux/wait_queue.hpp>

namespace personality {

class Call;
class Process;
class Terminal;

/// Where a terminal's output goes and its input comes from.
class TerminalTransport {
public:
    virtual ~TerminalTransport() = default;
    /// There may be output to fetch from `terminal.discipline().output()`, or room for input again.
    virtual void pump(Terminal& terminal) = 0;
};

class Terminal final : public Counted {
public:
    explicit Terminal(DeviceNumber device_number) : number(device_number) {}
    ~Terminal() override;

    DeviceNumber const number;
    TerminalTransport* transport = nullptr;
    WaitQueue queue; ///< woken with poll_event
    Ref<ProcessGroup> foreground;

    LineDiscipline& discipline() { return discipline_; }

    // ---- the transport's side ----

    /// Feed bytes typed; returns how many were taken. The others must wait for the next pump.
    std::size_t receive(std::span<std::byte const> bytes);
    /// The transport took output away.
    void output_taken();
    void set_window(WindowSize const& window);
    /// The other side is gone for good.
    void hang_up();

    // ---- the programs' side ----

    WindowSize const& window() const { return window_; }
    bool hung_up() const { return hung_up_; }
    /// Something was read, written or set.
    void pump() {
        if (transport != nullptr) transport->pump(*this);
    }
    void signal_foreground(Signal signal);

    Session* session() const { return session_.get(); }
    bool controls(Process const& process) const;
    /// Become the controlling terminal of the caller's session: EPERM unless its leader asks, the
    /// session has none, and this one serves nobody (or is to be taken from them).
    Result<> acquire(Process& process, bool steal);
    /// The session's leader has ended, or gives the terminal up.
    void give_up();

    /// What a program in the background may not do unasked: 0, EIO, or ERESTARTSYS after the signal
    /// went to its group.
    Outcome check_background(Call& call, Signal signal);

private:
    LineDiscipline discipline_;
    WindowSize window_{};
    Ref<Session> session_;
    bool hung_up_ = false;
};

} // namespace personality
