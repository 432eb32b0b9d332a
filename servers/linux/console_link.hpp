#pragma once
// One of the two links of the session with the console (protocols/terminal.hpp): its rings, and
// when there is something to do at them.

#include <servers/linux/byte_link.hpp>

#include <protocols/terminal.hpp>
#include <protocols/transport/byte_ring.hpp>

namespace personality {

class ConsoleLink final : public ByteLink {
public:
    /// `attention` is set when the console may have to be woken.
    ConsoleLink(protocols::terminal::Memory& memory, std::size_t number, bool& attention);

    std::span<std::byte const> received() override { return input_.bytes(); }
    void taken(std::size_t bytes) override;
    std::size_t send(std::span<std::byte const> bytes) override;

    /// Let the user take and send. True if there may be more to do: call it again before sleeping.
    bool work();
    /// True if the console has to be woken.
    bool flush();

    ByteLinkUser* user = nullptr;

private:
    protocols::terminal::Terminal& shared_;
    protocols::ByteConsumer input_;
    protocols::ByteProducer output_;
    protocols::WindowSize window_;
    bool& attention_;
    bool sent_ = false, took_ = false;
};

} // namespace personality
