#pragma once
// DmaSpace: one device's view of memory.

#include <abi/info.hpp>
#include <runtime/message_page.hpp>
#include <runtime/object/memory.hpp>
#include <runtime/object/notification.hpp>

namespace runtime {

class DmaSpace : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::dma_space;
    using Capability::Capability;

    /// The address under which the device reaches it: the one that is asked for, or, without an
    /// IOMMU, the physical one.
    base::Result<abi::Word> map(Memory memory, abi::Word address,
                                abi::Protection protection = abi::Protection::read_write) const {
        return call<abi::DmaMap>(address_, memory.address(), address, protection);
    }
    base::Result<> unmap(abi::Word address) const { return call<abi::DmaUnmap>(address_, address); }
    base::Result<> bind_fault(Notification notification, abi::Word bits) const {
        return call<abi::DmaBindFault>(address_, notification.address(), bits);
    }
    /// What was refused to the device; would_block: nothing since this was called last.
    base::Result<abi::DmaFault> take_fault() const {
        TRY(call<abi::DmaTakeFault>(address_));
        return info_from_message_page<abi::DmaFault>();
    }
};

} // namespace runtime
