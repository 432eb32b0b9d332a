#include <servers/linux/fs/command/command_input.hpp>

#include <servers/linux/fs/open_flags.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

bool CommandInput::receive(std::span<std::uint8_t const> bytes) {
    if (queue_.size() + bytes.size() > given_) return false;
    for (auto byte : bytes) queue_.push(byte);
    return true;
}

void CommandInput::move_to_pipe() {
    while (!queue_.empty() && pipe_->readers != 0) {
        if (pipe_->bytes.full()) break;
        auto const page = pipe_->bytes.fresh_page();
        if (!page) break;
        auto const piece = queue_.front();
        auto const bytes = std::min(piece.size(), page->size());
        std::memcpy(page->data(), piece.data(), bytes);
        pipe_->bytes.push(bytes);
        queue_.pop(bytes);
        given_ -= bytes;
        pipe_->queue.wake_all(poll_event::readable);
    }
    if (pipe_->readers == 0) close(); // nobody will read it: what comes is dropped
}

void CommandInput::move_to_terminal() {
    while (!queue_.empty()) {
        auto const count = terminal_->receive(std::as_bytes(queue_.front()));
        if (count == 0) break;
        queue_.pop(count);
        given_ -= count;
    }
}

void CommandInput::pump() {
    if (pipe_) move_to_pipe();
    if (terminal_) move_to_terminal();
    if (!pipe_ && !terminal_) {
        given_ -= queue_.size();
        queue_.clear();
    }
    if (!ended_ || !queue_.empty()) return;
    ended_ = false;
    waiter.leave();
    writer_ = nullptr; // the reader finds the end
    if (terminal_) terminal_->hang_up();
}

std::uint32_t CommandInput::claim_credit() {
    auto const credit = capacity - given_;
    if (credit < portion) return 0;
    given_ = capacity;
    return static_cast<std::uint32_t>(credit);
}

void CommandInput::close() {
    waiter.leave();
    writer_ = nullptr;
    pipe_ = nullptr;
    terminal_ = nullptr;
    given_ -= queue_.size();
    queue_.clear();
}

} // namespace personality
