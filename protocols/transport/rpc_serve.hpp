#pragma once
// The server's side of typed methods: from the words of a request to a `handle` overload and back.
// A server is a class with one overload for each method of the protocol, a missing one does not
// compile:
//
//     base::Result<Geometry> handle(block::Inspect);
//     base::Result<Done> handle(block::Read, block::Position at, std::uint32_t count);
//
// An overload may take the transport's context (runtime/rpc.hpp: the Request, which knows the
// caller's badge and can be held) as its second parameter.

#include <base/result.hpp>
#include <protocols/transport/rpc.hpp>

namespace protocols::rpc {

/// What goes back: the label of the answer and how many words it has.
struct Answer {
    abi::Error error = abi::Error::ok;
    std::uint32_t words = 0;
};

/// Handles a request for M of `count` words. `in` and `out` may be the same.
template <class M, class Server, class Context, Words In, Words Out>
inline Answer serve_one(Server& server, Context& context, std::size_t count, In& in, Out& out) {
    if (count != M::sent_words) return {abi::Error::bad_argument};
    auto const args = take_all<typename M::Args>(in);
    if (!args) return {abi::Error::bad_argument};
    auto const result = std::apply(
        [&](auto const&... arg) {
            if constexpr (requires { server.handle(M{}, context, arg...); })
                return server.handle(M{}, context, arg...);
            else
                return server.handle(M{}, arg...);
        },
        *args);
    static_assert(std::is_same_v<decltype(result), base::Result<typename M::Result> const>,
                  "the handler's result differs from the method's");
    if (!result) return {result.error()};
    if constexpr (!std::is_void_v<typename M::Result>) put(out, 0, *result);
    return {abi::Error::ok, static_cast<std::uint32_t>(M::answer_words)};
}

/// Handles a request with this label; `unknown_call` if the protocol has no such method.
template <class Server, class Context, Words In, Words Out, class... M>
inline Answer serve(Protocol<M...>, Server& server, Context& context, std::uint16_t label,
                    std::size_t count, In& in, Out& out) {
    Answer answer{abi::Error::unknown_call};
    (void)((label == M::number && (answer = serve_one<M>(server, context, count, in, out), true)) ||
           ...);
    return answer;
}

/// What a client makes of an answer with this label and so many words.
template <class M, Words In>
inline base::Result<typename M::Result> result(std::uint16_t label, std::size_t count, In& in) {
    if (label != 0) return base::fail(static_cast<abi::Error>(label));
    if (count != M::answer_words) return base::fail(abi::Error::bad_argument);
    if constexpr (std::is_void_v<typename M::Result>) {
        return {};
    } else {
        auto const value = take<typename M::Result>(in, 0);
        if (!value) return base::fail(abi::Error::bad_argument);
        return *value;
    }
}

} // namespace protocols::rpc
