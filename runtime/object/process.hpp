#pragma once
// Process: to build one, run it, and hear of its end.

#include <abi/info.hpp>
#include <runtime/call.hpp>
#include <runtime/message_page.hpp>
#include <runtime/object/capability.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace runtime {

class Process : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::process;
    using Capability::Capability;

    enum class Abi : abi::Word { native = 0, foreign = 1 };

    base::Result<> configure(abi::CapAddress pool, abi::CapAddress space, Abi calls) const {
        return call<abi::ProcessConfigure>(address_, pool, space, static_cast<abi::Word>(calls));
    }
    /// The first 24 bytes of it.
    base::Result<> name(std::string_view text) const {
        std::array<abi::Word, 3> words{};
        std::memcpy(words.data(), text.data(), std::min(text.size(), sizeof(words)));
        return call<abi::ProcessName>(address_, words[0], words[1], words[2]);
    }
    base::Result<> start() const { return call<abi::ProcessStart>(address_); }
    base::Result<> stop() const { return call<abi::ProcessStop>(address_); }
    base::Result<> kill(abi::Word code) const { return call<abi::ProcessKill>(address_, code); }
    base::Result<> bind_end(abi::CapAddress notification, abi::Word bits) const {
        return call<abi::ProcessBindEnd>(address_, notification, bits);
    }
    base::Result<abi::ProcessInfo> inspect() const {
        TRY(call<abi::ProcessInspect>(address_));
        return info_from_message_page<abi::ProcessInfo>();
    }
};

} // namespace runtime
