#pragma once
// The shell on the console: greeted, started, and the end of the machine when it ends.

#include <servers/linux/fs/ref.hpp>
#include <servers/linux/process/process.hpp>

namespace personality {

class ConsoleShell final : public EndObserver {
public:
    ConsoleShell(System& system, Ref<Terminal> terminal)
        : system_(system), terminal_(std::move(terminal)) {}

    Result<> start();
    void process_ended(Process& process, std::int32_t status) override;

private:
    System& system_;
    Ref<Terminal> terminal_;

    Result<Ref<DescriptorTable>> open_console();
};

} // namespace personality
