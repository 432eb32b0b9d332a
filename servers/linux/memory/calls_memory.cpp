// mmap and its kin.

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/anonymous_source.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <base/address.hpp>

namespace personality::calls {

namespace {

constexpr std::uint64_t protection_mask = 7, grows_down_flag = 0x0100'0000,
                        grows_up_flag = 0x0200'0000;

namespace map_flag {
constexpr std::uint64_t shared = 1, private_ = 2, type_mask = 15, shared_validate = 3, fixed = 0x10,
                        anonymous = 0x20, grows_down = 0x100, locked = 0x2000, huge = 0x4'0000,
                        fixed_no_replace = 0x10'0000;
}

/// The page-aligned end of a range; EINVAL or `too_far`.
Result<std::uint64_t> end_of(std::uint64_t start, std::uint64_t bytes, Errno too_far) {
    if (start % page_bytes != 0) return fail(Errno::inval);
    if (bytes > layout::task_end) return fail(too_far);
    std::uint64_t const end = start + base::align_up(bytes, page_bytes);
    if (end > layout::task_end || end < start) return fail(too_far);
    return end;
}

/// What is mapped: fills in the source. EACCES, ENODEV, EBADF.
Result<> add_file(Task& task, Area& area, std::int32_t fd, std::uint64_t offset) {
    auto const file = TRY(task.descriptors->file(fd));
    if (!file->readable()) return fail(Errno::acces);
    if (area.shared && !file->writable()) {
        if ((area.protection & access::write) != 0) return fail(Errno::acces);
        area.never_write = true;
    }
    if (file->location.mount && file->location.mount->flags.no_exec &&
        (area.protection & access::execute) != 0)
        return fail(Errno::perm);
    area.source = TRY(file->pages());
    area.source_page = offset / page_bytes;
    area.file = Ref<Counted>(file);
    return {};
}

} // namespace

Outcome mmap(Call& call) {
    Task& task = call.task;
    auto const [hint, bytes, protection, flags, fd, offset] = call.args;
    if (offset % page_bytes != 0) return Errno::inval;
    if (bytes == 0) return Errno::inval;
    if (bytes > layout::task_end) return Errno::nomem;
    auto const type = flags & map_flag::type_mask;
    if (type != map_flag::shared && type != map_flag::private_ && type != map_flag::shared_validate)
        return Errno::inval;
    if ((flags & map_flag::huge) != 0) return Errno::nomem; // no pool of large pages
    std::uint64_t const size = base::align_up(bytes, page_bytes);
    if (offset + size < offset) return Errno::overflow;
    auto& memory = task.memory();
    if (!task.environment().frames.can_take(8)) return Errno::nomem;

    Area area{.protection = static_cast<std::uint32_t>(protection & protection_mask),
              .shared = type != map_flag::private_,
              .grows_down = (flags & map_flag::grows_down) != 0,
              .locked = (flags & map_flag::locked) != 0};
    if ((flags & map_flag::anonymous) == 0) {
        TRY(add_file(task, area, static_cast<std::int32_t>(fd), offset));
    } else if (area.shared) {
        area.source = make<AnonymousSource>(task.environment().frames);
        if (!area.source) return Errno::nomem;
    }

    if ((flags & (map_flag::fixed | map_flag::fixed_no_replace)) != 0) {
        area.start = hint;
        area.end = TRY(end_of(hint, bytes, Errno::nomem));
        if (area.start < layout::lowest) return Errno::perm;
        bool const replace = (flags & map_flag::fixed_no_replace) == 0;
        if (!replace && !memory.areas().free(area.start, area.end)) return Errno::exist;
    } else {
        area.start = TRY(memory.place(hint, size));
        area.end = area.start + size;
    }
    TRY(memory.map(area));
    return area.start;
}

Outcome munmap(Call& call) {
    if (call.args[1] == 0) return Errno::inval;
    auto const end = TRY(end_of(call.args[0], call.args[1], Errno::inval));
    return call.task.memory().unmap(call.args[0], end);
}

Outcome mprotect(Call& call) {
    auto const protection = call.args[2] & ~(grows_down_flag | grows_up_flag);
    auto const end = TRY(end_of(call.args[0], call.args[1], Errno::nomem));
    if ((protection & ~protection_mask) != 0) return Errno::inval;
    if (end == call.args[0]) return 0;
    return call.task.memory().protect(call.args[0], end, static_cast<std::uint32_t>(protection));
}

Outcome mremap(Call& call) {
    auto const [old, old_bytes, bytes, flags, target, unused] = call.args;
    constexpr std::uint64_t may_move = 1, fixed = 2;
    if ((flags & ~(may_move | fixed)) != 0) return Errno::inval;
    if (flags == fixed) return Errno::inval;
    if (old % page_bytes != 0 || bytes == 0) return Errno::inval;
    auto const old_end = TRY(end_of(old, old_bytes, Errno::inval));
    auto const size = TRY(end_of(0, bytes, Errno::inval));
    if ((flags & fixed) != 0) {
        auto const end = TRY(end_of(target, bytes, Errno::inval));
        if (target < old_end && old < end) return Errno::inval;
        if (target < layout::lowest) return Errno::perm;
    }
    if (!call.task.environment().frames.can_take(8)) return Errno::nomem;
    return call.task.memory().remap(old, old_end - old, size, (flags & may_move) != 0,
                                    (flags & fixed) != 0, target);
}

Outcome madvise(Call& call) {
    auto& memory = call.task.memory();
    std::uint64_t const start = call.args[0];
    auto const end = TRY(end_of(start, call.args[1], Errno::inval));
    if (start == end) return 0;
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
    };
    bool const whole = memory.covered(start, end);
    switch (call.int_arg(2)) {
    case free:
    case dont_need: {
        for (auto const* area : memory.areas().all()) {
            if (area->end <= start || area->start >= end) continue;
            if (call.int_arg(2) == free && (area->shared || area->source)) return Errno::inval;
            if (area->locked) return Errno::inval;
        }
        memory.discard(start, end);
        break;
    }
    case dont_fork:
        TRY(memory.change(start, end, [](Area& a) { a.keep_from_child = true; }));
        break;
    case do_fork: TRY(memory.change(start, end, [](Area& a) { a.keep_from_child = false; })); break;
    case wipe_on_fork:
        TRY(memory.change(start, end, [](Area& a) { a.wipe_in_child = true; }));
        break;
    case keep_on_fork:
        TRY(memory.change(start, end, [](Area& a) { a.wipe_in_child = false; }));
        break;
    case normal:
    case random:
    case sequential:
    case will_need:
    case mergeable:
    case unmergeable:
    case huge:
    case no_huge:
    case dont_dump:
    case do_dump:
    case cold:
    case page_out: break; // nothing to be gained here
    default: return Errno::inval;
    }
    return whole ? Outcome(0) : Errno::nomem;
}

Outcome brk(Call& call) {
    auto& memory = call.task.memory();
    if (!call.task.environment().frames.can_take(8)) return memory.break_end();
    return memory.set_break(call.args[0], call.task.process.limits.soft(Limit::data));
}

Outcome msync(Call& call) {
    constexpr std::uint64_t async = 1, invalidate = 2, sync = 4;
    auto const end = TRY(end_of(call.args[0], call.args[1], Errno::nomem));
    if ((call.args[2] & ~(async | invalidate | sync)) != 0) return Errno::inval;
    if ((call.args[2] & async) != 0 && (call.args[2] & sync) != 0) return Errno::inval;
    // A file's pages are the mapped pages: there is nothing to carry anywhere.
    return call.task.memory().covered(call.args[0], end) ? Outcome(0) : Errno::nomem;
}

Outcome mlock(Call& call) {
    std::uint64_t const start = base::align_down(call.args[0], page_bytes);
    auto const end = TRY(end_of(start, call.args[1] + call.args[0] % page_bytes, Errno::inval));
    // Memory never leaves RAM here; what is not there yet comes at the first touch.
    return call.task.memory().covered(start, end) ? Outcome(0) : Errno::nomem;
}

Outcome mlockall(Call& call) {
    return call.args[0] != 0 && call.args[0] < 8 ? Outcome(0) : Errno::inval;
}

Outcome munlockall(Call&) { return 0; }

Outcome mincore(Call& call) {
    auto const end = TRY(end_of(call.args[0], call.args[1], Errno::nomem));
    auto& memory = call.task.memory();
    if (!memory.covered(call.args[0], end)) return Errno::nomem;
    for (std::uint64_t page = call.args[0] / page_bytes, i = 0; page < end / page_bytes;
         page++, i++)
        TRY(memory.store(call.args[2] + i, static_cast<char>(memory.present(page))));
    return 0;
}

} // namespace personality::calls
