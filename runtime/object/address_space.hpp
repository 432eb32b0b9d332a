#pragma once
// AddressSpace: attach Memory, map and unmap it. Addresses are bytes, lengths are 4 KiB pages.

#include <abi/memory.hpp>
#include <runtime/call.hpp>
#include <runtime/message_page.hpp>
#include <runtime/object/memory.hpp>

#include <algorithm>
#include <cstring>
#include <span>

namespace runtime {

class AddressSpace : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::address_space;
    using Capability::Capability;

    /// The number of the new attachment; `number` 0 lets the kernel choose.
    base::Result<abi::Word> attach(Memory memory, abi::Word number = 0) const {
        return call<abi::SpaceAttach>(address_, memory.address(), number);
    }
    base::Result<> detach(abi::Word attachment) const {
        return call<abi::SpaceDetach>(address_, attachment);
    }
    /// The pages done, also on failure.
    Outcome<abi::Word> map(abi::Word attachment, abi::Word address, abi::Word offset,
                           abi::Word pages, abi::Protection protection,
                           abi::RunOperation operation = abi::RunOperation::map_fresh) const {
        return outcome<abi::SpaceMap>(address_, attachment, address, offset, pages, protection,
                                      operation);
    }
    /// This and the next: the pages done. Who wants to know them on failure too asks for the
    /// `outcome` of the call.
    base::Result<abi::Word> unmap(abi::Word address, abi::Word pages) const {
        return call<abi::SpaceUnmap>(address_, address, pages);
    }
    base::Result<abi::Word> protect(abi::Word address, abi::Word pages,
                                    abi::Protection protection) const {
        return call<abi::SpaceProtect>(address_, address, pages, protection);
    }
    /// Up to abi::runs_per_call runs. The runs done, also on failure; what is left of each then
    /// lies in the message page.
    Outcome<abi::Word> apply(abi::Word attachment, std::span<abi::Run const> runs) const {
        auto const count = std::min<std::size_t>(runs.size(), abi::runs_per_call);
        std::memcpy(message_page().runs, runs.data(), count * sizeof(abi::Run));
        return outcome<abi::SpaceApply>(address_, attachment, count);
    }
    base::Result<abi::Word> copy_mappings(AddressSpace source, abi::Word address, abi::Word pages,
                                          bool write_protect) const {
        return call<abi::SpaceCopyMappings>(address_, source.address(), address, pages,
                                            abi::Word{write_protect});
    }
    /// Page entries of at most abi::translate_pages_per_call pages. They lie in the message page:
    /// the next call that uses it overwrites them.
    base::Result<std::span<abi::Word const>> translate(abi::Word address, abi::Word pages,
                                                       abi::Word flags = 0) const {
        TRY(call<abi::SpaceTranslate>(address_, address, pages, flags));
        return std::span<abi::Word const>(message_page().entries).first(pages);
    }
    base::Result<abi::Word> guard(abi::Word address, abi::Word pages, bool set) const {
        return call<abi::SpaceGuard>(address_, address, pages, abi::Word{set});
    }
};

} // namespace runtime
