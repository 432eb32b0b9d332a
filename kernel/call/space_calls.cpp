// Address spaces.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/ipc/copy_once.hpp>
#include <kernel/memory/page_ranges.hpp>

namespace kernel {

namespace {

base::Result<> check_range(abi::Word address, abi::Word pages) {
    if (!base::aligned(address, abi::page_bytes)) return base::fail(abi::Error::misaligned);
    if (!base::user_range(address, pages)) return base::fail(abi::Error::out_of_range);
    return {};
}

/// The most pages that one map may name.
constexpr abi::Word pages_per_call = std::uint64_t{1} << 18;
/// Those mapped between two looks at pending interrupts.
constexpr abi::Word pages_per_step = 1024;
/// While a map goes on, what it has done stands above the pages that are left.
constexpr unsigned done_shift = 32;

/// The range that is left, in the registers it came in, until none is.
base::Result<> resume(std::uint64_t& address, std::uint64_t& pages, std::uint64_t done) {
    if (done == pages) return {};
    address += done * abi::page_bytes;
    pages -= done;
    return base::fail(again);
}

/// A call that says in RDX how far it came, on failure too.
base::Result<abi::Word> with_count(Thread& self, base::Result<> result, abi::Word done) {
    if (result) return done;
    if (result.error() == again) return base::fail(again);
    self.frame.rdx = done;
    return base::fail(result.error());
}

} // namespace

HANDLE(SpaceAttach, abi::CapAddress memory, abi::Word number) {
    auto const found = TRY(find<Memory>(on.pool, memory, abi::MemoryRights::none));
    if (number > abi::max_attachments) return base::fail(abi::Error::out_of_range);
    return TRY(on.object.attach(*found.object, *found.slot, static_cast<std::uint32_t>(number)));
}

HANDLE(SpaceDetach, abi::Word number) {
    auto* const gone = on.object.attachment(number);
    if (!gone) return base::fail(abi::Error::not_attached);
    unsigned budget = teardown::step_budget;
    if (teardown::remove(gone->slot, budget) == teardown::Progress::unfinished)
        return base::fail(again);
    return {};
}

HANDLE(SpaceMap, abi::Word attachment, abi::Word address, abi::Word offset, abi::Word pages,
       abi::Protection protection, abi::RunOperation operation) {
    auto const before = pages >> done_shift;
    auto const left = pages - (before << done_shift);
    std::uint64_t done = 0;
    // Who makes up progress of his own is told of it, no more.
    auto const fits = before + left <= pages_per_call && (left > 0 || before == 0) &&
                      attachment <= abi::max_attachments;
    auto const mapped = fits ? on.object.map({static_cast<std::uint32_t>(attachment),
                                              {address},
                                              offset,
                                              left,
                                              protection,
                                              operation},
                                             done, pages_per_step)
                             : base::fail(abi::Error::out_of_range);
    if (mapped && done < left) {
        auto& frame = on.self.frame;
        frame.rsi += done * abi::page_bytes;
        frame.rdx += done;
        frame.r10 = (before + done) << done_shift | (left - done);
        return base::fail(again);
    }
    return with_count(on.self, mapped, fits ? before + done : 0);
}

HANDLE(SpaceUnmap, abi::Word address, abi::Word pages) {
    TRY(check_range(address, pages));
    unsigned budget = teardown::step_budget;
    std::uint64_t done = 0;
    TRY(on.object.unmap({address}, pages, budget, done));
    return resume(on.self.frame.rdi, on.self.frame.rsi, done);
}

HANDLE(SpaceProtect, abi::Word address, abi::Word pages, abi::Protection protection) {
    TRY(check_range(address, pages));
    unsigned budget = teardown::step_budget;
    std::uint64_t done = 0;
    TRY(on.object.protect({address}, pages, protection, budget, done));
    return resume(on.self.frame.rdi, on.self.frame.rsi, done);
}

HANDLE(SpaceApply, abi::Word attachment, abi::Word runs) {
    auto* const page = TRY(message_page(on.self));
    if (runs > abi::runs_per_call || attachment > abi::max_attachments)
        return base::fail(abi::Error::out_of_range);
    abi::Word left = pages_per_call;
    for (abi::Word i = 0; i < runs; i++) {
        auto const run = copy_once(page->runs[i]);
        auto const address = base::align_down(run.address_and_operation, abi::page_bytes);
        auto const operation = static_cast<abi::RunOperation>(run.address_and_operation & 0xf);
        auto const protection = static_cast<abi::Protection>(run.address_and_operation >> 4 & 7);
        std::uint64_t done = 0;
        unsigned budget = ~0u;
        base::Result<> result;
        if (run.pages > left)
            result = base::fail(abi::Error::out_of_range);
        else if (result = check_range(address, run.pages); !result)
            ;
        else if (operation == abi::RunOperation::unmap)
            result = on.object.unmap({address}, run.pages, budget, done);
        else if (operation == abi::RunOperation::protect)
            result = on.object.protect({address}, run.pages, protection, budget, done);
        else
            result = on.object.map({static_cast<std::uint32_t>(attachment),
                                    {address},
                                    run.offset_pages,
                                    run.pages,
                                    protection,
                                    operation},
                                   done);
        if (!result) return with_count(on.self, result, i);
        left -= run.pages;
    }
    return runs;
}

HANDLE(SpaceCopyMappings, abi::CapAddress source, abi::Word address, abi::Word pages,
       abi::Word write_protect) {
    auto const from = TRY(find<AddressSpace>(
        on.pool, source,
        abi::rights(abi::AddressSpaceRights::map, abi::AddressSpaceRights::inspect)));
    TRY(check_range(address, pages));
    if (from.object == &on.object || write_protect > 1) return base::fail(abi::Error::bad_argument);
    unsigned budget = teardown::step_budget * 4;
    std::uint64_t done = 0;
    TRY(on.object.copy_from(*from.object, {address}, pages, write_protect != 0, budget, done));
    return resume(on.self.frame.rsi, on.self.frame.rdx, done);
}

HANDLE(SpaceTranslate, abi::Word address, abi::Word pages, abi::Word flags) {
    auto* const page = TRY(message_page(on.self));
    TRY(check_range(address, pages));
    if (pages > abi::translate_pages_per_call) return base::fail(abi::Error::out_of_range);
    if (flags > 3) return base::fail(abi::Error::bad_argument);
    if (flags != 0 && !abi::covers(on.slot.rights, abi::AddressSpaceRights::map))
        return base::fail(abi::Error::no_rights);
    for (abi::Word i = 0; i < pages; i++)
        page->entries[i] = on.object.describe({address + i * abi::page_bytes}, flags);
    return {};
}

HANDLE(SpaceGuard, abi::Word address, abi::Word pages, abi::Word set) {
    TRY(check_range(address, pages));
    if (set > 1) return base::fail(abi::Error::bad_argument);
    if (pages > PageTables::entries) return base::fail(abi::Error::out_of_range);
    return on.object.guard({address}, pages, set != 0);
}

} // namespace kernel
