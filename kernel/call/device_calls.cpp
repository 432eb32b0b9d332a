// Interrupts and ports.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/object/make.hpp>
#include <kernel/root.hpp>
#include <kernel/sched/processor.hpp>

#include <algorithm>

namespace kernel {

namespace {

base::Result<> check_port(Slot const& slot, abi::Word port, abi::Word width) {
    if (width != 1 && width != 2 && width != 4) return base::fail(abi::Error::bad_argument);
    if (port > 0xffff || !IoPorts::covers(slot, port, width))
        return base::fail(abi::Error::out_of_range);
    if (!base::aligned(port, width)) return base::fail(abi::Error::misaligned);
    return {};
}

base::Result<abi::CapAddress> make_interrupt(CapPool& own, abi::CapAddress memory, abi::Place place,
                                             arch::InterruptRoute const& route) {
    if (route.processor >= root().processor_count) return base::fail(abi::Error::out_of_range);
    auto const payer = TRY(find<Untyped>(own, memory, abi::UntypedRights::retype));
    TRY(derivation::derivable(*payer.slot));
    auto* const slot = TRY(find_place(own, place));
    auto& interrupts = root().interrupts;
    auto const vector = TRY(interrupts.place_for(route));
    auto* const interrupt = TRY(make<Interrupt>(*payer.object, route, vector));
    interrupts.add(*interrupt);
    derivation::fill(*slot, *interrupt, abi::all_rights, 0, payer.slot);
    return slot->address(place.slot);
}

} // namespace

HANDLE(InterruptCreate, abi::CapAddress memory, abi::Word line, abi::Word flags,
       abi::Word processor, abi::Place place) {
    if (flags > 3) return base::fail(abi::Error::bad_argument);
    auto const number = TRY(narrow(line));
    if (!arch::interrupt_line_exists(number)) return base::fail(abi::Error::out_of_range);
    return make_interrupt(on.pool, memory, place,
                          {.line = number,
                           .level = (flags & 1) != 0,
                           .active_low = (flags & 2) != 0,
                           .processor = TRY(narrow(processor))});
}

HANDLE(InterruptCreateMessage, abi::CapAddress memory, abi::Word device, abi::Word processor,
       abi::Place place) {
    auto const sender = TRY(narrow(device));
    if (arch::iommu().on() && !arch::iommu().serves(sender))
        return base::fail(abi::Error::not_supported);
    return make_interrupt(on.pool, memory, place,
                          {.device = sender, .processor = TRY(narrow(processor))});
}

HANDLE(InterruptMessage) {
    if (!on.object.route().by_message()) return base::fail(abi::Error::bad_state);
    auto const message = arch::message_of(on.object.route(), on.object.vector());
    return abi::Word{message.data} << 32 | message.address;
}

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
    auto const range = std::ranges::find_if(process.ports, &Slot::empty);
    if (range == process.ports.end()) return base::fail(abi::Error::no_memory);
    derivation::derive(*range, on.slot, on.slot.rights, on.slot.data);
    process.has_ports = true;
    // The bitmap is loaded afresh on the way out.
    unload_ports(process);
    unload(on.self, true);
    return {};
}

} // namespace kernel
