#pragma once
// Typed methods over messages. A protocol is a header with one line for each method:
//
//     /// Read `count` blocks...
//     struct Read : rpc::Method<2, rpc::Repeat::idempotent, Done(Position at, std::uint32_t count)>
//     {}; using Protocol = rpc::Protocol<Inspect, Read, Flush>;
//
// A message's label is the method's number, an answer's label is an abi::Error. Arguments and
// result follow each other in the words of the message, each beginning a word of its own: a method
// whose arguments are eight words or fewer travels in registers. How they cross: rpc_wire.hpp; a
// server's side: rpc_serve.hpp; a client's: runtime/rpc.hpp.

#include <abi/message.hpp>
#include <protocols/transport/rpc_wire.hpp>

#include <cstdint>
#include <tuple>
#include <type_traits>

namespace protocols::rpc {

/// What the client's transport may do when the server ended after it had received a request.
enum class Repeat : std::uint8_t {
    /// Doing it twice is as good as once: it is sent again.
    idempotent,
    /// The server keeps a journal by which it knows a request that it has done already: sent again.
    journalled,
    /// The caller is told (server_died), since nobody knows whether it was done.
    at_most_once,
};

template <std::uint16_t Number, Repeat R, class Signature> struct Method;

template <std::uint16_t Number, Repeat R, class Out, WireSafe... In>
    requires(std::is_void_v<Out> || WireSafe<Out>)
struct Method<Number, R, Out(In...)> {
    static constexpr std::uint16_t number = Number;
    static constexpr Repeat repeat = R;
    using Result = Out;
    using Args = std::tuple<In...>;

    static constexpr std::size_t sent_words = (words_of<In> + ... + 0);
    static constexpr std::size_t answer_words = [] {
        if constexpr (std::is_void_v<Out>)
            return std::size_t{0};
        else
            return words_of<Out>;
    }();
    static_assert(sent_words <= abi::message_words && answer_words <= abi::message_words,
                  "a message has 64 words: what is larger goes through shared memory");
};

/// The methods of a protocol, each with a number of its own.
template <class... M> struct Protocol {
    static constexpr bool distinct() {
        std::uint16_t const numbers[] = {M::number...};
        for (auto const& a : numbers)
            for (auto const& b : numbers)
                if (&a != &b && a == b) return false;
        return true;
    }
    static_assert(distinct(), "two methods have the same number");
};

} // namespace protocols::rpc
