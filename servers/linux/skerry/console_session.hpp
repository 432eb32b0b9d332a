#pragma once
// The session "terminal" with the console (protocols/terminal.hpp): two links, one for the person's
// terminal, one for the framed channel.

#include <servers/linux/console_link.hpp>
#include <servers/linux/skerry/events.hpp>

#include <protocols/start_page.hpp>

namespace personality {

class ConsoleSession final : public SignalListener {
public:
    ConsoleSession(protocols::Session const& session, System& system);

    ConsoleLink& link(protocols::terminal::Number number) {
        return links_[static_cast<std::size_t>(number)];
    }
    void signalled(abi::Word bits) override;
    bool before_wait() override;

private:
    runtime::Notification peer_;
    std::array<ConsoleLink, protocols::terminal::lines> links_;
};

} // namespace personality
