#pragma once
// The session "terminal" with the console (protocols/terminal.hpp): two links, one for the person's
// terminal, one for the framed channel.

#include <servers/linux/byte_link.hpp>
#include <servers/linux/skerry/keeper.hpp>

#include <base/byte_ring.hpp>
#include <protocols/start_page.hpp>
#include <protocols/terminal.hpp>

namespace personality {

class ConsoleLink final : public ByteLink {
public:
    ConsoleLink(protocols::terminal::Memory& memory, std::size_t number, System& system);

    std::span<std::byte const> received() override { return input_.bytes(); }
    void taken(std::size_t bytes) override;
    std::size_t send(std::span<std::byte const> bytes) override;

    ByteLinkUser* user = nullptr;

private:
    friend class ConsoleSession;
    protocols::terminal::Terminal& shared_;
    base::ByteConsumer input_;
    base::ByteProducer output_;
    protocols::WindowSize window_;
    System& system_;
    bool sent_ = false, took_ = false;

    /// True if the console has to be woken.
    bool flush();
    /// True if there is more to do.
    bool work();
};

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
