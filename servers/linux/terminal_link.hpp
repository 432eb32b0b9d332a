#pragma once
// A terminal on a link: keys in, screen out.

#include <servers/linux/byte_link.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>

namespace personality {

class TerminalLink final : public TerminalTransport, public ByteLinkUser {
public:
    TerminalLink(ByteLink& link, Ref<Terminal> terminal) : link_(link), terminal_(terminal) {
        terminal_->transport = this;
    }
    ~TerminalLink() override { terminal_->transport = nullptr; }

    void pump(Terminal&) override { move(); }
    void link_moved() override { move(); }
    void window_changed(std::uint16_t rows, std::uint16_t columns) override {
        terminal_->set_window({.rows = rows, .columns = columns});
    }

private:
    ByteLink& link_;
    Ref<Terminal> terminal_;

    void move();
};

} // namespace personality
