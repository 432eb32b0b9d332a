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
        auto const room = pipe_->bytes.room(queue_.front().size());
        if (!room || room->empty()) break;
        std::memcpy(room->data(), queue_.front().data(), room->size());
        pipe_->bytes.push(room->size());
        queue_.pop(room->size());
        given_ -= room->size();
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
