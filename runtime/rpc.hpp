#pragma once
// Typed methods (protocols/transport/rpc.hpp) over the kernel's messages:
//
//     auto const done = rpc::call<block::Read>(endpoint, position, count);   // a client
//     rpc::serve(block::Protocol{}, server, request);                        // in an event loop

#include <protocols/transport/rpc_serve.hpp>
#include <runtime/message.hpp>
#include <runtime/message_page.hpp>
#include <runtime/object/endpoint.hpp>
#include <runtime/request.hpp>

#include <algorithm>
#include <span>

namespace runtime::rpc {

using protocols::rpc::Repeat;

/// The words of a message where they are: the first eight in `registers`, the others in the page.
class MessageWords {
public:
    explicit MessageWords(RegisterWords& registers)
        : registers_(&registers), page_(message_page().words) {}
    abi::Word& operator[](std::size_t at) {
        return at < abi::register_words ? (*registers_)[at] : page_[at];
    }

private:
    RegisterWords* registers_;
    abi::Word* page_;
};

namespace detail {

/// Short messages touch no page.
template <std::size_t Count> auto words_in(RegisterWords& registers) {
    if constexpr (Count > abi::register_words)
        return MessageWords(registers);
    else
        return std::span<abi::Word, abi::register_words>(registers);
}

template <class M>
inline Received send_once(Endpoint endpoint, typename M::Args const& args, abi::MessageTag tag) {
    constexpr auto in_registers = std::min<std::size_t>(M::sent_words, abi::register_words);
    RegisterWords registers;
    auto out = words_in<M::sent_words>(registers);
    protocols::rpc::put_all(out, args);
    std::array<abi::Word, in_registers> sent;
    for (std::size_t i = 0; i < in_registers; i++) sent[i] = registers[i];
    return runtime::detail::exchange<abi::EndpointCall, in_registers, false>(endpoint.address(), {},
                                                                             tag, sent, 0);
}

} // namespace detail

/// Call method M. A request that no server ever received waits for the next one; one whose server
/// ended before it answered is sent again if the method bears it, else the error is `server_died`.
/// Other errors are the server's own, or the kernel's.
template <class M, class... A>
base::Result<typename M::Result> call(Endpoint endpoint, A const&... arguments) {
    typename M::Args const args{arguments...};
    abi::MessageTag tag{M::number, M::sent_words};
    for (;;) {
        auto received = detail::send_once<M>(endpoint, args, tag);
        if (received.ok()) [[likely]] {
            auto in = detail::words_in<M::answer_words>(received.words);
            return protocols::rpc::result<M>(received.tag.label(), received.tag.words(), in);
        }
        bool const never_received = received.error == abi::Error::not_received;
        bool const may_repeat =
            received.error == abi::Error::server_died && M::repeat != Repeat::at_most_once;
        // Having waited for a server, not_received means that the Endpoint itself is gone.
        bool const waited = tag.has(abi::MessageTag::flag_wait_for_server);
        if (!may_repeat && (!never_received || waited)) return base::fail(received.error);
        tag = tag.with(abi::MessageTag::flag_wait_for_server);
    }
}

/// Let `server` handle a request of this protocol, and answer it; if the handler has held it, what
/// the handler returned is dropped, and `answer` below is for later.
template <class Server, class... M>
void serve(protocols::rpc::Protocol<M...> protocol, Server& server, Request& request) {
    MessageWords words(request.words());
    auto const answer = protocols::rpc::serve(protocol, server, request, request.tag().label(),
                                              request.tag().words(), words, words);
    if (!request.held())
        request.answer(abi::MessageTag{static_cast<std::uint16_t>(answer.error), answer.words});
}

/// Answer a held request of method M.
template <class M>
base::Result<> answer(Reply reply, base::Result<typename M::Result> const& result) {
    if (!result) return reply.send(abi::MessageTag{static_cast<std::uint16_t>(result.error()), 0});
    RegisterWords registers{};
    if constexpr (!std::is_void_v<typename M::Result>) {
        auto out = detail::words_in<M::answer_words>(registers);
        protocols::rpc::put(out, 0, *result);
    }
    return reply.send(abi::MessageTag{0, M::answer_words}, registers);
}

} // namespace runtime::rpc
