#pragma once
// Endpoint: where messages meet. Deadlines are monotonic ns.

#include <runtime/call.hpp>
#include <runtime/message.hpp>
#include <runtime/object/reply.hpp>

namespace runtime {

class Endpoint : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::endpoint;
    using Capability::Capability;

    template <class... W>
    [[gnu::always_inline]] Received call(abi::MessageTag tag, W const&... words) const {
        return runtime::call(address_, tag, words...);
    }
    template <class... W>
    [[gnu::always_inline]] Received call_until(abi::Word deadline, abi::MessageTag tag,
                                               W const&... words) const {
        return runtime::call_until(deadline, address_, tag, words...);
    }
    template <class... W>
    [[gnu::always_inline]] base::Result<> send(abi::MessageTag tag, W... words) const {
        return runtime::send(address_, tag, words...);
    }
    [[gnu::always_inline]] Received receive(Reply reply) const {
        return runtime::receive(address_, reply.address());
    }
    [[gnu::always_inline]] Received receive_until(abi::Word deadline, Reply reply) const {
        return runtime::receive_until(deadline, address_, reply.address());
    }
    template <class... W>
    [[gnu::always_inline]] Received reply_receive(Reply reply, abi::MessageTag tag,
                                                  W const&... words) const {
        return runtime::reply_receive(address_, reply.address(), tag, words...);
    }
    /// Become the serving process of an Endpoint that has none, or take it over.
    base::Result<> serve(bool take_over = false) const {
        return runtime::call<abi::EndpointServe>(address_, abi::Word{take_over});
    }
};

} // namespace runtime
