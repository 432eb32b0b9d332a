// Address spaces.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/ipc/copy_once.hpp>
#include <kernel/memory/page_ranges.hpp>

#include <utility>

namespace kernel {

namespace {

base::Result<> check_range(abi::Word address, abi::Word pages) {
    if (!base::aligned(address, abi::page_bytes)) return base::fail(abi::Error::misaligned);
    if (!base::user_range(address, pages)) return base::fail(abi::Error::out_of_range);
    return {};
}

/// One run of a vector, as far as the budget goes.
base::Result<> apply(AddressSpace& space, abi::Word attachment, abi::Run const& run,
                     unsigned& budget, std::uint64_t& done) {
    auto const address = base::align_down(run.address_and_operation, abi::page_bytes);
    auto const operation = static_cast<abi::RunOperation>(run.address_and_operation & 0xf);
    auto const protection = static_cast<abi::Protection>(run.address_and_operation >> 4 & 7);
    TRY(check_range(address, run.pages));
    switch (operation) {
    case abi::RunOperation::unmap: return space.unmap({address}, run.pages, budget, done);
    case abi::RunOperation::protect:
        return space.protect({address}, run.pages, protection, budget, done);
    default:
        return space.map(
            {attachment, {address}, run.offset_pages, run.pages, protection, operation}, budget,
            done);
    }
}

/// Do more of a call on `size` pages or runs, until it is done or its budget is spent. What it has
/// done is kept in the thread, and told on failure too.
template <class F> base::Result<abi::Word> in_steps(Thread& self, abi::Word size, F&& step) {
    unsigned budget = teardown::step_budget;
    TRY(step(budget, self.progress));
    if (self.progress < size) return base::fail(again);
    return std::exchange(self.progress, 0);
}

} // namespace

HANDLE(SpaceAttach, abi::CapAddress memory, abi::Word number) {
    auto const found = TRY(find<Memory>(on.pool, memory, abi::MemoryRights::none));
    return TRY(on.object.attach(*found.object, *found.slot, number));
}

HANDLE(SpaceDetach, abi::Word number) {
    auto* const gone = on.object.attachment(number);
    if (!gone) return base::fail(abi::Error::not_attached);
    return empty(gone->slot);
}

HANDLE(SpaceMap, abi::Word attachment, abi::Word address, abi::Word offset, abi::Word pages,
       abi::Protection protection, abi::RunOperation operation) {
    auto const mapping =
        AddressSpace::Mapping{attachment, {address}, offset, pages, protection, operation};
    return in_steps(on.self, pages, [&](unsigned& budget, std::uint64_t& done) {
        return on.object.map(mapping, budget, done);
    });
}

HANDLE(SpaceUnmap, abi::Word address, abi::Word pages) {
    TRY(check_range(address, pages));
    return in_steps(on.self, pages, [&](unsigned& budget, std::uint64_t& done) {
        return on.object.unmap({address}, pages, budget, done);
    });
}

HANDLE(SpaceProtect, abi::Word address, abi::Word pages, abi::Protection protection) {
    TRY(check_range(address, pages));
    return in_steps(on.self, pages, [&](unsigned& budget, std::uint64_t& done) {
        return on.object.protect({address}, pages, protection, budget, done);
    });
}

HANDLE(SpaceApply, abi::Word attachment, abi::Word runs) {
    auto* const page = TRY(message_page(on.self));
    if (runs > abi::runs_per_call) return base::fail(abi::Error::out_of_range);
    return in_steps(on.self, runs, [&](unsigned& budget, std::uint64_t& done) -> base::Result<> {
        for (; done < runs && budget > 0; done++) {
            budget--;
            auto& run = page->runs[done];
            auto left = copy_once(run);
            std::uint64_t pages = 0;
            auto const result = apply(on.object, attachment, left, budget, pages);
            left.address_and_operation += pages * abi::page_bytes;
            left.offset_pages += static_cast<std::uint32_t>(pages);
            left.pages -= static_cast<std::uint32_t>(pages);
            run = left;
            TRY(result);
            if (left.pages > 0) return {};
        }
        return {};
    });
}

HANDLE(SpaceCopyMappings, abi::CapAddress source, abi::Word address, abi::Word pages,
       abi::Word write_protect) {
    auto const from = TRY(find<AddressSpace>(
        on.pool, source,
        abi::rights(abi::AddressSpaceRights::map, abi::AddressSpaceRights::inspect)));
    TRY(check_range(address, pages));
    if (from.object == &on.object || write_protect > 1) return base::fail(abi::Error::bad_argument);
    return in_steps(on.self, pages, [&](unsigned& budget, std::uint64_t& done) {
        return on.object.copy_from(*from.object, {address}, pages, write_protect != 0, budget,
                                   done);
    });
}

HANDLE(SpaceTranslate, abi::Word address, abi::Word pages, abi::Word flags) {
    auto* const page = TRY(message_page(on.self));
    TRY(check_range(address, pages));
    if (pages > abi::translate_pages_per_call) return base::fail(abi::Error::out_of_range);
    if (flags > 3) return base::fail(abi::Error::bad_argument);
    if (flags != 0 && !abi::covers(on.slot.rights, abi::AddressSpaceRights::map))
        return base::fail(abi::Error::no_rights);
    TRY(in_steps(on.self, pages, [&](unsigned& budget, std::uint64_t& done) -> base::Result<> {
        for (; done < pages && budget > 0; budget--, done++)
            page->entries[done] = on.object.describe({address + done * abi::page_bytes}, flags);
        return {};
    }));
    return {};
}

HANDLE(SpaceGuard, abi::Word address, abi::Word pages, abi::Word set) {
    TRY(check_range(address, pages));
    if (set > 1) return base::fail(abi::Error::bad_argument);
    return in_steps(on.self, pages, [&](unsigned& budget, std::uint64_t& done) {
        return on.object.guard({address}, pages, set != 0, budget, done);
    });
}

} // namespace kernel
