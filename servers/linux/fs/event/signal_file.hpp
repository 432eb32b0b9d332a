#pragma once
// signalfd: the pending signals of whoever reads it, as far as they are in its mask. The file holds
// no signals of its own.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/signal/signal.hpp>

namespace personality {

class System;

class SignalFile final : public File {
public:
    SignalFile(Location at, std::uint32_t open_flags, System& system, SignalSet signals)
        : File(std::move(at), open_flags), system_(system), signals_(signals) {}

    FileKind kind() const override { return FileKind::signals; }
    SignalSet signals() const { return signals_; }
    /// Other signals from now on; whoever waits looks again.
    void change(SignalSet signals);

    Outcome read(Call& call, UserBuffer& to) override;
    /// Both are about the task that asks.
    std::uint32_t ready() override;
    WaitQueue* poll_queue() override;

private:
    System& system_;
    SignalSet signals_;
};

} // namespace personality
