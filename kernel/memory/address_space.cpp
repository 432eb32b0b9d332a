#include <kernel/memory/address_space.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/memory/memory.hpp>
#include <kernel/memory/page_ranges.hpp>

#include <new>

namespace kernel {

namespace {
constexpr unsigned attachment_log2 = 7;
constexpr unsigned directory_log2 = 12;
} // namespace

base::Result<> AddressSpace::initialise() {
    TRY(tables_.initialise(arch::kernel_half()));
    root_ = tables_.root();
    if (arch::tags_spaces()) {
        tag_ = root().space_tags.fresh();
        root().flushes.noted = true;
    }
    return {};
}

void AddressSpace::load_tagged(Processor& processor) const {
    arch::load_space(root_, tag_.number, processor.translations.keep(tag_));
}

void AddressSpace::changed() {
    if (tag_.number == 0) return;
    root().space_tags.renew(tag_);
    auto& here = this_processor();
    if (here.space == this) load_tagged(here);
}

// ---- attachments -------------------------------------------------------------------------------

Attachment* AddressSpace::attachment(std::uint64_t number) const {
    if (number == 0 || number > abi::max_attachments) return nullptr;
    number = arch::checked_index(number, abi::max_attachments + 1);
    auto* const directory = directory_[number / directory_entries];
    return directory ? directory[number % directory_entries] : nullptr;
}

base::Result<Attachment**> AddressSpace::place_for(std::uint32_t number) {
    auto*& directory = directory_[number / directory_entries];
    if (!directory) {
        auto const memory = home->take(directory_log2);
        if (!memory) return base::fail(abi::Error::no_table_memory);
        directory = reinterpret_cast<Attachment**>(*memory);
    }
    return directory + number % directory_entries;
}

base::Result<std::uint32_t> AddressSpace::attach(Memory& memory, Slot& slot, std::uint64_t number) {
    if (number > abi::max_attachments) return base::fail(abi::Error::out_of_range);
    TRY(derivation::derivable(slot));
    if (number == 0) {
        while (lowest_free_ <= abi::max_attachments && attachment(lowest_free_)) lowest_free_++;
        number = lowest_free_;
        if (number > abi::max_attachments) return base::fail(abi::Error::out_of_range);
    } else if (attachment(number)) {
        return base::fail(abi::Error::already_bound);
    }
    auto const free = static_cast<std::uint32_t>(number);
    auto** const place = TRY(place_for(free));
    auto const record = home->take(attachment_log2);
    if (!record) return base::fail(abi::Error::no_table_memory);
    auto* const fresh = new (*record) Attachment{
        .slot = {},
        .space = this,
        .link = {},
        .start = memory.start_of(slot),
        .number = free,
        .cache = memory.cache(),
    };
    fresh->slot.role = SlotRole::attachment;
    fresh->slot.container = this;
    derivation::derive(fresh->slot, slot, slot.rights, slot.data);
    *place = fresh;
    attachments_.push_back(*fresh);
    return free;
}

bool Attachment::unmap(unsigned& budget) { return space->unmap_attachment(*this, budget); }

void Attachment::dispose() {
    space->directory_[number / AddressSpace::directory_entries]
                     [number % AddressSpace::directory_entries] = nullptr;
    space->lowest_free_ = std::min(space->lowest_free_, number);
    space->attachments_.remove(*this);
    space->home->give_back(reinterpret_cast<std::byte*>(this), attachment_log2);
}

// ---- single pages ------------------------------------------------------------------------------

base::Result<> AddressSpace::guard(base::Virt start, std::uint64_t pages, bool set,
                                   unsigned& budget, std::uint64_t& done) {
    while (done < pages && budget > 0) {
        budget -= std::min(budget, 2u);
        auto const address = start + done * abi::page_bytes;
        auto way = tables_.find(address);
        if (way.entry().maps()) return base::fail(abi::Error::already_mapped);
        if (way.entry().guards() != set) {
            if (set) way = TRY(tables_.reach(address, 1));
            way.entry().raw = set ? PageEntry::guard : 0;
            tables_.used(way, set ? 1 : -1);
        }
        done += to_boundary(address, way.level, pages - done);
    }
    return {};
}

bool AddressSpace::guarded(base::Virt address) { return tables_.find(address).entry().guards(); }

std::uint64_t AddressSpace::describe(base::Virt address, std::uint64_t flags) {
    auto const way = tables_.find(address);
    auto& entry = way.entry();
    if (entry.guards()) return abi::page_entry::guard;
    if (!entry.maps()) return 0;
    auto const& from = *attachment(entry.attachment());
    auto const size = PageTables::covers(way.level);
    auto const frame = (entry.frame().raw & ~(size - 1)) + (address.raw & (size - 1));
    auto result = (frame - from.start.raw) | std::uint64_t{from.number}
                                                 << abi::page_entry::attachment_shift;
    if (entry.raw & PageEntry::present) result |= abi::page_entry::present;
    if (entry.writes()) result |= abi::page_entry::write;
    if (!(entry.raw & PageEntry::no_execute)) result |= abi::page_entry::execute;
    auto cleared = std::uint64_t{0};
    if (flags & abi::translate_flags::clear_accessed) cleared |= PageEntry::accessed;
    if (flags & abi::translate_flags::clear_dirty) cleared |= PageEntry::dirty;
    auto const used = cleared ? entry.clear(cleared) : entry.raw;
    if (used & cleared) flush(*this, address);
    if (used & PageEntry::accessed) result |= abi::page_entry::accessed;
    if (used & PageEntry::dirty) result |= abi::page_entry::dirty;
    return result;
}

bool AddressSpace::destroy(unsigned& budget) {
    remote::unload_space(*this);
    ending_ = true;
    if (!tables_.dispose(budget)) return false;
    while (!attachments_.empty())
        if (budget == 0 || !teardown::remove(attachments_.front().slot, budget)) return false;
    for (auto*& directory : directory_) {
        if (directory) home->give_back(reinterpret_cast<std::byte*>(directory), directory_log2);
        directory = nullptr;
    }
    return true;
}

} // namespace kernel
