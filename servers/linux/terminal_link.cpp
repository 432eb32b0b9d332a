#include <servers/linux/terminal_link.hpp>

namespace personality {

void TerminalLink::move() {
    for (auto bytes = link_.received(); !bytes.empty(); bytes = link_.received()) {
        std::size_t const count = terminal_->receive(bytes);
        if (count == 0) break;
        link_.taken(count);
    }
    auto& output = terminal_->discipline().output().queue();
    bool moved = false;
    while (!output.empty() && !terminal_->discipline().stopped()) {
        std::size_t const count = link_.send(std::as_bytes(output.front()));
        if (count == 0) break;
        output.pop(count);
        moved = true;
    }
    if (moved) terminal_->output_taken();
}

} // namespace personality
