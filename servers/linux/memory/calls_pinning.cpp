// mlock and its kin. Memory never leaves RAM here: what they do is bring pages in, keep them from
// madvise, and count them against RLIMIT_MEMLOCK.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/pinning.hpp>
#include <servers/linux/memory/populate.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/memory/range.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>

namespace personality::calls {

namespace {

/// EPERM: nothing may be locked; `too_many`: not that many pages more.
Result<> check_lockable(Task& task, std::uint64_t pages, Errno too_many) {
    if (task.identity().can(Identity::ipc_lock)) return {};
    std::uint64_t const limit = task.process.limits.soft(Limit::memlock);
    if (limit == 0) return fail(Errno::perm);
    if (limit != unlimited && task.memory().locked_pages() + pages > limit / page_bytes)
        return fail(too_many);
    return {};
}

std::uint64_t unlocked_pages(ProgramSpace const& memory, std::uint64_t start, std::uint64_t end) {
    std::uint64_t pages = 0;
    for (auto const* area : memory.areas().all()) {
        auto const from = std::max(area->start, start), to = std::min(area->end, end);
        if (!area->locked && from < to) pages += (to - from) / page_bytes;
    }
    return pages;
}

Outcome lock(Call& call, bool at_touch) {
    auto& memory = call.task.memory();
    std::uint64_t const start = base::align_down(call.args[0], page_bytes);
    auto const end = TRY(end_of(start, call.args[1] + call.args[0] % page_bytes, Errno::inval));
    auto& at = call.progress[0];
    if (call.first) {
        TRY(check_lockable(call.task, unlocked_pages(memory, start, end), Errno::nomem));
        if (!memory.covered(start, end)) return Errno::nomem;
        TRY(memory.change(start, end, [](Area& area) { area.locked = true; }));
        if (at_touch) return 0;
        at = start;
    }
    auto const outcome = populate(call, at, end, access::none);
    if (outcome.is_blocked() || !outcome.is_error()) return outcome;
    return Errno::nomem;
}

} // namespace

Result<bool> locks_new(Task& task, std::uint64_t pages, bool asked) {
    if (!asked && !task.memory().lock_future) return false;
    TRY(check_lockable(task, pages, Errno::again));
    return true;
}

Outcome mlock(Call& call) { return lock(call, false); }

Outcome mlock2(Call& call) {
    constexpr std::uint64_t on_fault = 1;
    if ((call.args[2] & ~on_fault) != 0) return Errno::inval;
    return lock(call, call.args[2] == on_fault);
}

Outcome munlock(Call& call) {
    auto& memory = call.task.memory();
    std::uint64_t const start = base::align_down(call.args[0], page_bytes);
    auto const end = TRY(end_of(start, call.args[1] + call.args[0] % page_bytes, Errno::inval));
    if (!memory.covered(start, end)) return Errno::nomem;
    return memory.change(start, end, [](Area& area) { area.locked = false; });
}

Outcome mlockall(Call& call) {
    constexpr std::uint64_t current = 1, future = 2, on_fault = 4;
    auto const flags = call.args[0];
    if ((flags & ~(current | future | on_fault)) != 0 || flags == 0 || flags == on_fault)
        return Errno::inval;
    auto& memory = call.task.memory();
    auto& next = call.progress[0];
    if (call.first) {
        if ((flags & current) != 0)
            TRY(check_lockable(call.task, unlocked_pages(memory, 0, layout::task_end),
                               Errno::nomem));
        else
            TRY(check_lockable(call.task, 0, Errno::nomem));
        memory.lock_future = (flags & future) != 0;
        if ((flags & current) == 0) return 0;
        TRY(memory.change(0, layout::task_end, [](Area& area) { area.locked = true; }));
    }
    if ((flags & on_fault) != 0) return 0;
    // What can't be brought in comes at its first touch, or never: mlockall doesn't tell.
    while (auto const* area = memory.areas().behind(next)) {
        if (next < area->start) next = area->start;
        auto const end = area->end;
        auto const outcome = populate(call, next, end, access::none);
        if (outcome.is_blocked()) return outcome;
        next = end;
    }
    return 0;
}

Outcome munlockall(Call& call) {
    auto& memory = call.task.memory();
    memory.lock_future = false;
    return memory.change(0, layout::task_end, [](Area& area) { area.locked = false; });
}

} // namespace personality::calls
