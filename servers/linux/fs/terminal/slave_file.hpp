#pragma once
// The slave of a pseudo-terminal, opened: a terminal that counts its openings.

#include <servers/linux/fs/terminal/pseudo_terminal.hpp>
#include <servers/linux/fs/terminal/terminal_file.hpp>

namespace personality {

class SlaveFile final : public TerminalFile {
public:
    SlaveFile(Location at, std::uint32_t open_flags, Ref<PseudoTerminal> of)
        : TerminalFile(std::move(at), open_flags, of->terminal), pair_(std::move(of)) {
        pair_->slave_opened();
    }

protected:
    ~SlaveFile() override { pair_->slave_closed(); }

private:
    Ref<PseudoTerminal> const pair_;
};

} // namespace personality
