#pragma once
// A message that a server has received and not answered yet, as its handler sees it.

#include <runtime/message.hpp>
#include <runtime/object/owned.hpp>
#include <runtime/object/reply.hpp>

#include <utility>

namespace runtime {

/// Lives as long as the handler runs. Its caller is answered when the handler returns: with what
/// answer() said last, or else with the label unknown_call; or later, if hold() was called.
class Request {
public:
    /// `reply` holds the caller; `spare` takes its place when the request is held.
    Request(Received& received, Owned<Reply>& reply, Owned<Reply>& spare)
        : received_(&received), reply_(&reply), spare_(&spare) {}

    abi::Word badge() const { return received_->badge; }
    abi::MessageTag tag() const { return received_->tag; }
    /// The first eight, and where the first eight of the answer are put.
    RegisterWords& words() { return received_->words; }

    /// The answer: tag, and words() as they stand now or are given here.
    void answer(abi::MessageTag tag) { answer_ = tag; }
    template <MessageWord... W>
        requires(sizeof...(W) > 0)
    void answer(abi::MessageTag tag, W... words) {
        answer_ = tag;
        std::size_t at = 0;
        ((received_->words[at++] = static_cast<abi::Word>(words)), ...);
    }

    /// Keep the caller waiting: the Reply by which it is answered later. Empty if there is no spare
    /// Reply to receive with meanwhile; then the request is not held.
    Owned<Reply> hold() {
        if (!*spare_ || held_) return {};
        held_ = true;
        return std::exchange(*reply_, std::move(*spare_));
    }
    bool held() const { return held_; }

    abi::MessageTag answer_tag() const { return answer_; }

private:
    Received* received_;
    Owned<Reply>* reply_;
    Owned<Reply>* spare_;
    abi::MessageTag answer_{static_cast<std::uint16_t>(abi::Error::unknown_call), 0};
    bool held_ = false;
};

} // namespace runtime
