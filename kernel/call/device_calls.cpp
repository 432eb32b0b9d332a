// Interrupts and ports.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/sched/processor.hpp>

namespace kernel {

namespace {

base::Result<> check_port(Slot const& slot, abi::Word port, abi::Word width) {
    if (width != 1 && width != 2 && width != 4)
        return base::fail(abi::Error::bad_argument);
    if (port > 0xffff || !IoPorts::covers(slot, port, width))
        return base::fail(abi::Error::out_of_range);
    if (!base::aligned(port, width))
        return base::fail(abi::Error::misaligned);
    return {};
}

} // namespace

HANDLE(InterruptBind, abi::CapAddress notification, abi::Word bits) {
    auto const target =
        TRY(find<Notification>(on.pool, notification, abi::NotificationRights::signal));
    TRY(derivation::derivable(*target.slot));
    return on.object.bind(*target.slot, bits);
}

HANDLE(InterruptAcknowledge) {
    on.object.acknowledge();
    return {};
}

HANDLE(InterruptMask) {
    on.object.mask();
    return {};
}

HANDLE(PortsRead, abi::Word port, abi::Word width) {
    TRY(check_port(on.slot, port, width));
    return arch::read_port(static_cast<std::uint16_t>(port), static_cast<unsigned>(width));
}

HANDLE(PortsWrite, abi::Word port, abi::Word width, abi::Word value) {
    TRY(check_port(on.slot, port, width));
    arch::write_port(static_cast<std::uint16_t>(port), static_cast<unsigned>(width),
                     static_cast<std::uint32_t>(value));
    return {};
}

HANDLE(PortsEnable) {
    auto& process = *on.self.process;
    TRY(derivation::derivable(on.slot));
    auto* const range = process.ports.unused();
    if (!range)
        return base::fail(abi::Error::no_memory);
    derivation::derive(*range, on.slot, on.slot.rights, on.slot.data);
    process.has_ports = true;
    // The bitmap is loaded afresh on the way out.
    unload_ports(process);
    unload(on.self, true);
    return {};
}

} // namespace kernel
