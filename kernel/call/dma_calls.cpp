// DmaSpaces, and the devices that are attached to them.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/teardown.hpp>

#include <cstring>

namespace kernel {

HANDLE(DmaMap, abi::CapAddress memory, abi::Word address, abi::Protection protection) {
    auto const found = TRY(find<Memory>(on.pool, memory, abi::MemoryRights::read));
    return TRY(on.object.map(*found.object, *found.slot, {address}, protection));
}

HANDLE(DmaUnmap, abi::Word address) {
    auto* const gone = on.object.mapping({address});
    if (!gone) return base::fail(abi::Error::not_mapped);
    return empty(gone->slot);
}

HANDLE(DmaBindFault, abi::CapAddress notification, abi::Word bits) {
    auto const target =
        TRY(find_or_none<Notification>(on.pool, notification, abi::NotificationRights::signal));
    return rebind(on.object.fault_notification, target.slot, bits);
}

HANDLE(DmaTakeFault) {
    auto* const page = TRY(message_page(on.self));
    auto const fault = TRY(on.object.take_fault());
    std::memcpy(page->text, &fault, sizeof fault);
    return {};
}

HANDLE(DmaAttach, abi::CapAddress space, abi::Word device) {
    auto const found = TRY(find<DmaSpace>(on.pool, space, abi::DmaSpaceRights::none));
    auto const number = TRY(narrow(device));
    TRY(found.object->attach(number));
    return arch::iommu().on();
}

HANDLE(DmaRelease, abi::Word device) {
    auto* const space = DmaSpace::of_device(TRY(narrow(device)));
    if (!space) return base::fail(abi::Error::not_attached);
    space->release();
    return {};
}

} // namespace kernel
