#pragma once
// AddressSpace: a tree of page tables and the attachments whose pages it maps. Tables and
// attachment records come from the Untyped that the space itself was made of, and go back there
// when emptied.

#include <kernel/memory/attachment.hpp>
#include <kernel/memory/page_tables.hpp>
#include <kernel/memory/translations.hpp>

#include <base/result.hpp>

#include <hardware.hpp>

#include <array>

namespace kernel {

class Memory;
struct Processor;

class AddressSpace : public ObjectOf<abi::Kind::address_space> {
public:
    using Rights = abi::AddressSpaceRights;

    struct Mapping {
        std::uint64_t attachment;
        base::Virt address;
        std::uint64_t offset; ///< in pages, within the attachment
        std::uint64_t pages;
        abi::Protection protection;
        abi::RunOperation operation; ///< map_fresh or replace
    };

    /// Take the top table from home. To be called once, before anything else.
    base::Result<> initialise();

    /// Attach what the capability in `slot` covers, under `number` (0: the lowest free one).
    base::Result<std::uint32_t> attach(Memory& memory, Slot& slot, std::uint64_t number);
    Attachment* attachment(std::uint64_t number) const;

    /// Each goes on after the first `done` pages and adds those that it does, also when it fails.
    /// With fewer than all of them done it has succeeded so far: the budget is spent.
    base::Result<> map(Mapping const& mapping, unsigned& budget, std::uint64_t& done);
    /// With `only`: what this attachment maps there, no page of which sticks out.
    base::Result<> unmap(base::Virt address, std::uint64_t pages, unsigned& budget,
                         std::uint64_t& done, Attachment const* only = nullptr);
    base::Result<> protect(base::Virt address, std::uint64_t pages, abi::Protection protection,
                           unsigned& budget, std::uint64_t& done);
    base::Result<> copy_from(AddressSpace& source, base::Virt address, std::uint64_t pages,
                             bool write_protect, unsigned& budget, std::uint64_t& done);
    base::Result<> guard(base::Virt address, std::uint64_t pages, bool set, unsigned& budget,
                         std::uint64_t& done);
    /// All of it, which the caller has seen to be little.
    base::Result<> map(Mapping const& mapping) {
        unsigned budget = ~0u;
        std::uint64_t done = 0;
        return map(mapping, budget, done);
    }
    /// What translate reports of one page, clearing accessed and dirty bits on request.
    std::uint64_t describe(base::Virt address, std::uint64_t flags);

    /// True if a fault at this address hit a guard range.
    bool guarded(base::Virt address);

    /// Make it the processor's address space.
    void load(Processor& processor) const {
        if (tag_.number == 0) [[likely]]
            arch::load_space(root_);
        else
            load_tagged(processor);
    }
    /// Entries have changed. Who has it loaded is told page by page, or loads it again.
    void changed();

    bool destroy(unsigned& budget);

private:
    friend struct Attachment;

    static constexpr unsigned directory_entries = 512;

    base::Phys root_;
    SpaceTag tag_;
    PageTables tables_{*this};
    std::array<Attachment**, (abi::max_attachments + 1) / directory_entries> directory_{};
    std::uint32_t lowest_free_ = 1; ///< no number below this is free
    base::List<Attachment, &Attachment::link> attachments_;
    bool ending_ = false; ///< destroy has begun: the tables go whole, entries no longer count

    void load_tagged(Processor& processor) const;
    base::Result<Attachment**> place_for(std::uint32_t number);
    bool unmap_attachment(Attachment& attachment, unsigned& budget);
};

} // namespace kernel
