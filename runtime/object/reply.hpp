#pragma once
// Reply: the right to answer one caller once.

#include <runtime/message.hpp>
#include <runtime/object/capability.hpp>

namespace runtime {

class Reply : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::reply;
    using Capability::Capability;

    template <class... W>
    [[gnu::always_inline]] base::Result<> send(abi::MessageTag tag, W const&... words) const {
        return reply(address_, tag, words...);
    }
};

} // namespace runtime
