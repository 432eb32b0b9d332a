#pragma once
// The shell on the console: greeted, started, and the end of the machine when it ends.

#include <servers/linux/fs/ref.hpp>
#include <servers/linux/process/process.hpp>

#include <string_view>

namespace personality {

class ConsoleShell final : public EndObserver {
public:
    /// `kind`: what TERM is to be; empty: "linux".
    ConsoleShell(System& system, Ref<Terminal> terminal, std::string_view kind)
        : system_(system), terminal_(std::move(terminal)), kind_(kind) {}

    Result<> start();
    void process_ended(Process& process, std::int32_t status) override;

private:
    System& system_;
    Ref<Terminal> terminal_;
    std::string_view kind_;

    Result<Ref<DescriptorTable>> open_console();
};

} // namespace personality
