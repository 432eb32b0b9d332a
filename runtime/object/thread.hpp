#pragma once
// Thread: registers, priority, keeper and bindings. To start one in our own process: thread.hpp.

#include <abi/info.hpp>
#include <runtime/call.hpp>
#include <runtime/message_page.hpp>
#include <runtime/object/capability.hpp>

namespace runtime {

class Thread : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::thread;
    using Capability::Capability;

    static constexpr abi::Word fpu_free = 1;

    base::Result<> configure(abi::CapAddress process, abi::CapAddress message_memory,
                             abi::Word page, abi::Word flags = 0) const {
        return call<abi::ThreadConfigure>(address_, process, message_memory, page, flags);
    }
    base::Result<> set_keeper(abi::CapAddress endpoint) const {
        return call<abi::ThreadSetKeeper>(address_, endpoint);
    }
    base::Result<> set_timeout(abi::CapAddress endpoint) const {
        return call<abi::ThreadSetTimeout>(address_, endpoint);
    }
    base::Result<> set_priority(abi::Word priority) const {
        return call<abi::ThreadSetPriority>(address_, priority);
    }
    base::Result<> bind_notification(abi::CapAddress notification) const {
        return call<abi::ThreadBindNotification>(address_, notification);
    }
    base::Result<> bind_context(abi::CapAddress context) const {
        return call<abi::ThreadBindContext>(address_, context);
    }
    base::Result<> set_receive_slots(std::uint16_t first, abi::Word count) const {
        return call<abi::ThreadSetReceiveSlots>(address_, first, count);
    }
    /// Into message_page().registers (and extended_state).
    base::Result<> read_registers() const { return call<abi::ThreadReadRegisters>(address_); }
    /// From message_page().registers.
    base::Result<> write_registers() const { return call<abi::ThreadWriteRegisters>(address_); }
    base::Result<> write_registers(abi::RegisterFile const& registers) const {
        message_page().registers = registers;
        return write_registers();
    }
    base::Result<> resume() const { return call<abi::ThreadResume>(address_); }
    base::Result<> suspend() const { return call<abi::ThreadSuspend>(address_); }
    base::Result<> kick() const { return call<abi::ThreadKick>(address_); }
    base::Result<abi::ThreadInfo> inspect() const {
        TRY(call<abi::ThreadInspect>(address_));
        return info_from_message_page<abi::ThreadInfo>();
    }
};

} // namespace runtime
