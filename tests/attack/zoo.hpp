#pragma once
// One capability of each kind that a program can hold, to be presented in the wrong places. Nothing
// of value hangs on any of them.

#include <runtime/handle.hpp>

#include <optional>

namespace attack {

class Zoo {
public:
    Zoo();
    /// Everything goes, with all that was made of it, whoever holds on to it.
    ~Zoo();

    /// With all rights; nothing for kinds that this program can't get (Reserved).
    std::optional<abi::CapAddress> of(abi::Kind kind) const;

    runtime::Owned<runtime::Untyped> untyped;
    runtime::Owned<runtime::CapPool> pool;
    runtime::Owned<runtime::AddressSpace> space;
    runtime::Owned<runtime::Process> process; ///< configured, native, not started
    runtime::Owned<runtime::Memory> memory;   ///< `memory_pages` pages
    runtime::Owned<runtime::Memory> message_page;
    runtime::Owned<runtime::Thread> thread; ///< configured, never resumed
    runtime::Owned<runtime::Endpoint> endpoint;
    runtime::Owned<runtime::Reply> reply;
    runtime::Owned<runtime::Notification> notification;
    runtime::Owned<runtime::Timer> timer;
    runtime::Owned<runtime::SchedContext> context;
    runtime::Owned<runtime::DmaSpace> device_space;
    runtime::Interrupt interrupt; ///< of the second serial port, which nobody uses
    runtime::IoPorts ports;
    runtime::Control control;

    static constexpr abi::Word memory_pages = 8;
};

} // namespace attack
