// What a program says about its memory, and asks of it: madvise, mincore, msync, membarrier.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/populate.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/memory/range.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>

namespace personality::calls {

namespace {

enum Advice : std::uint32_t {
    normal = 0,
    random = 1,
    sequential = 2,
    will_need = 3,
    dont_need = 4,
    free = 8,
    remove = 9,
    dont_fork = 10,
    do_fork = 11,
    mergeable = 12,
    unmergeable = 13,
    huge = 14,
    no_huge = 15,
    dont_dump = 16,
    do_dump = 17,
    wipe_on_fork = 18,
    keep_on_fork = 19,
    cold = 20,
    page_out = 21,
    populate_read = 22,
    populate_write = 23,
    dont_need_locked = 24,
};

/// Apply `check(Area const&)` to the areas of a range.
template <class F>
Result<> each_area(ProgramSpace& memory, std::uint64_t start, std::uint64_t end, F&& check) {
    auto const all = memory.areas().all();
    for (auto i = memory.areas().index_behind(start); i < all.size() && all[i]->start < end; i++)
        TRY(check(*all[i]));
    return {};
}

Result<> forget(ProgramSpace& memory, std::uint64_t start, std::uint64_t end, std::uint32_t how) {
    TRY(each_area(memory, start, end, [=](Area const& area) -> Result<> {
        if (how == free && (area.shared || area.source)) return fail(Errno::inval);
        if (how != dont_need_locked && area.locked) return fail(Errno::inval);
        return {};
    }));
    memory.discard(start, end);
    return {};
}

/// Take the pages from what is mapped there, for everybody (MADV_REMOVE).
Result<> take_away(ProgramSpace& memory, std::uint64_t start, std::uint64_t end) {
    return each_area(memory, start, end, [=](Area const& area) -> Result<> {
        if (area.locked || !area.source) return fail(Errno::inval);
        if (!area.shared || (area.protection & access::write) == 0) return fail(Errno::acces);
        std::uint64_t const first = std::max(start, area.start) / page_bytes;
        std::uint64_t const last = std::min(end, area.end) / page_bytes;
        auto const source = area.source;
        return source->punch_pages(area.source_index(first), last - first);
    });
}

Outcome populate_range(Call& call, std::uint64_t start, std::uint64_t end, std::uint32_t how) {
    auto& at = call.progress[0];
    if (call.first) at = start;
    auto const outcome =
        populate(call, at, end, how == populate_write ? access::write : access::read);
    if (outcome.is_blocked() || !outcome.is_error()) return outcome;
    switch (static_cast<Errno>(-outcome.value())) {
    case Errno::acces: return Errno::inval; // the protection forbids it
    case Errno::nxio: return Errno::fault;  // it would have been a SIGBUS
    default: return outcome;
    }
}

} // namespace

Outcome madvise(Call& call) {
    auto& memory = call.task.memory();
    std::uint64_t const start = call.args[0];
    auto const advice = call.int_arg(2);
    if (advice > dont_need_locked || (advice > dont_need && advice < free)) return Errno::inval;
    auto const end = TRY(end_of(start, call.args[1], Errno::inval));
    if (start == end) return 0;
    bool const whole = memory.covered(start, end);
    switch (advice) {
    case free:
    case dont_need:
    case dont_need_locked: TRY(forget(memory, start, end, advice)); break;
    case remove:
        if (!whole) return Errno::nomem;
        TRY(take_away(memory, start, end));
        break;
    case populate_read:
    case populate_write: return populate_range(call, start, end, advice);
    case dont_fork:
        TRY(memory.change(start, end, [](Area& a) { a.keep_from_child = true; }));
        break;
    case do_fork: TRY(memory.change(start, end, [](Area& a) { a.keep_from_child = false; })); break;
    case wipe_on_fork:
        TRY(each_area(memory, start, end, [](Area const& area) -> Result<> {
            if (area.shared || area.source) return fail(Errno::inval);
            return {};
        }));
        TRY(memory.change(start, end, [](Area& a) { a.wipe_in_child = true; }));
        break;
    case keep_on_fork:
        TRY(memory.change(start, end, [](Area& a) { a.wipe_in_child = false; }));
        break;
    case cold:
    case page_out:
        TRY(each_area(memory, start, end, [](Area const& area) -> Result<> {
            if (area.locked) return fail(Errno::inval);
            return {};
        }));
        break;
    default: break; // nothing to be gained here: pages are small, and all of them in RAM
    }
    return whole ? Outcome(0) : Errno::nomem;
}

Outcome msync(Call& call) {
    constexpr std::uint64_t async = 1, invalidate = 2, sync = 4;
    if ((call.args[2] & ~(async | invalidate | sync)) != 0) return Errno::inval;
    if ((call.args[2] & async) != 0 && (call.args[2] & sync) != 0) return Errno::inval;
    auto const end = TRY(end_of(call.args[0], call.args[1], Errno::nomem));
    auto& memory = call.task.memory();
    if ((call.args[2] & invalidate) != 0)
        TRY(each_area(memory, call.args[0], end, [](Area const& area) -> Result<> {
            if (area.locked) return fail(Errno::busy);
            return {};
        }));
    // A file's pages are the mapped pages: there is nothing to carry anywhere.
    return memory.covered(call.args[0], end) ? Outcome(0) : Errno::nomem;
}

Outcome mincore(Call& call) {
    auto const end = TRY(end_of(call.args[0], call.args[1], Errno::nomem));
    auto& memory = call.task.memory();
    if (!memory.covered(call.args[0], end)) return Errno::nomem;
    // Some pages at each run: a range may have millions of them.
    constexpr std::uint64_t pages_a_run = 4096;
    std::uint64_t const first = call.args[0] / page_bytes, last = end / page_bytes;
    auto& done = call.progress[0];
    auto const stop = std::min(last, first + done + pages_a_run);
    for (std::uint64_t page = first + done; page < stop; page++, done++) {
        auto const* area = memory.areas().at(page * page_bytes);
        bool const there =
            memory.present(page) ||
            (area->source && area->source->page_if_present(area->source_index(page)));
        TRY(memory.store(call.args[2] + done, static_cast<char>(there)));
    }
    if (stop == last) return 0;
    call.deadline = call.task.system().now();
    return call.block(Errno::again);
}

namespace {

/// Each thread of the process that runs elsewhere enters the kernel, which is a barrier. Those of
/// this processor do not run while we do.
void pass_barrier(Process& process, Task const& caller) {
    Machine& machine = process.system.machine;
    for (auto& task : process.tasks) {
        bool const elsewhere = task.processor != caller.processor;
        if (!elsewhere || task.state != Task::State::running || !task.thread) continue;
        task.kicked = true;
        machine.kick(task.thread);
    }
}

} // namespace

Outcome membarrier(Call& call) {
    constexpr std::uint32_t query = 0, global = 1, global_expedited = 2, register_global = 4,
                            expedited = 8, register_expedited = 16, sync_core = 32,
                            register_sync_core = 64;
    constexpr std::uint32_t known = global | global_expedited | register_global | expedited |
                                    register_expedited | sync_core | register_sync_core;
    if (call.args[1] != 0) return Errno::inval;
    auto const command = call.int_arg(0);
    auto& registered = call.task.memory().barriers;
    switch (command) {
    case query: return known;
    case register_global:
    case register_expedited:
    case register_sync_core: registered |= command; return 0;
    case global:
    case global_expedited:
        for (auto* each = call.task.system().tasks.first(); each; each = each->next_process)
            pass_barrier(*each, call.task);
        return 0;
    case expedited:
        if ((registered & register_expedited) == 0) return Errno::perm;
        break;
    case sync_core:
        if ((registered & register_sync_core) == 0) return Errno::perm;
        break;
    default: return Errno::inval;
    }
    pass_barrier(call.task.process, call.task);
    return 0;
}

} // namespace personality::calls
