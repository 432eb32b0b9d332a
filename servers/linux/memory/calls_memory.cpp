// mmap and its kin: what lies where in a program.

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/ram/ram_file.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/anonymous_source.hpp>
#include <servers/linux/memory/pinning.hpp>
#include <servers/linux/memory/populate.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/memory/range.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality::calls {

namespace {

constexpr std::uint64_t protection_mask = 7, grows_down_flag = 0x0100'0000,
                        grows_up_flag = 0x0200'0000;

namespace map_flag {
constexpr std::uint64_t shared = 1, private_ = 2, type_mask = 15, shared_validate = 3, fixed = 0x10,
                        anonymous = 0x20, below_2_gib = 0x40, grows_down = 0x100,
                        deny_write = 0x800, executable = 0x1000, locked = 0x2000,
                        no_reserve = 0x4000, populate = 0x8000, nonblock = 0x1'0000,
                        stack = 0x2'0000, huge = 0x4'0000, fixed_no_replace = 0x10'0000,
                        huge_sizes = 0x7c00'0000;
/// What MAP_SHARED_VALIDATE lets pass.
constexpr std::uint64_t known = type_mask | fixed | anonymous | below_2_gib | grows_down |
                                deny_write | executable | locked | no_reserve | populate |
                                nonblock | stack | huge | huge_sizes | fixed_no_replace;
} // namespace map_flag

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
    if (auto const* const kept = area.shared ? RamFile::of(file->inode()) : nullptr;
        kept != nullptr && kept->has_seal(seal::write | seal::future_write)) {
        if ((area.protection & access::write) != 0) return fail(Errno::perm);
        area.never_write = true;
    }
    area.source = TRY(file->pages());
    area.source_page = offset / page_bytes;
    area.file = Ref<Counted>(file);
    return {};
}

/// The mapping itself; returns its address.
Result<std::uint64_t> place_mapping(Call& call) {
    Task& task = call.task;
    auto const [hint, bytes, protection, flags, fd, offset] = call.args;
    bool const anonymous = (flags & map_flag::anonymous) != 0;
    if (offset % page_bytes != 0) return fail(Errno::inval);
    if (!anonymous) TRY(task.descriptors->file(static_cast<std::int32_t>(fd)));
    if (bytes == 0) return fail(Errno::inval);
    if (bytes > layout::task_end) return fail(Errno::nomem);
    auto const type = flags & map_flag::type_mask;
    if (type != map_flag::shared && type != map_flag::private_ &&
        (type != map_flag::shared_validate || anonymous))
        return fail(Errno::inval);
    if (type == map_flag::shared_validate && (flags & ~map_flag::known) != 0)
        return fail(Errno::opnotsupp);
    bool const shared = type != map_flag::private_;
    if (shared && (flags & map_flag::grows_down) != 0) return fail(Errno::inval);
    if ((flags & map_flag::huge) != 0) // no pool of large pages
        return fail(anonymous ? Errno::nomem : Errno::inval);
    std::uint64_t const size = base::align_up(bytes, page_bytes);
    if (offset + size < offset) return fail(Errno::overflow);
    auto& memory = task.memory();
    auto const& frames = task.environment().frames;
    if (!frames.can_take(8)) return fail(Errno::nomem);
    bool const promised =
        !shared && (protection & access::write) != 0 && (flags & map_flag::no_reserve) == 0;
    // More than there is can't ever be kept.
    if (promised && size / page_bytes > frames.total()) return fail(Errno::nomem);

    Area area{.protection = static_cast<std::uint32_t>(protection & protection_mask),
              .shared = shared,
              .grows_down = (flags & map_flag::grows_down) != 0};
    if ((flags & (map_flag::fixed | map_flag::fixed_no_replace)) != 0) {
        area.start = hint;
        area.end = TRY(end_of(hint, bytes, Errno::nomem));
        if (area.start < layout::lowest) return fail(Errno::perm);
        bool const replace = (flags & map_flag::fixed_no_replace) == 0;
        if (!replace && !memory.areas().free(area.start, area.end)) return fail(Errno::exist);
    } else {
        constexpr std::uint64_t two_gib = std::uint64_t{1} << 31;
        bool const low = (flags & map_flag::below_2_gib) != 0;
        area.start = TRY(memory.place(hint, size, low ? two_gib : memory.mapping_top));
        area.end = area.start + size;
    }
    bool const lock = (flags & map_flag::locked) != 0;
    if (lock && !task.identity().can(Identity::ipc_lock) &&
        task.process.limits.soft(Limit::memlock) == 0)
        return fail(Errno::perm);
    area.locked = TRY(locks_new(task, size / page_bytes, lock));
    if (!anonymous) {
        TRY(add_file(task, area, static_cast<std::int32_t>(fd), offset));
    } else if (area.shared) {
        area.source = make<AnonymousSource>(task.environment().frames);
        if (!area.source) return fail(Errno::nomem);
    }
    TRY(memory.map(area));
    return area.start;
}

} // namespace

Outcome mmap(Call& call) {
    Task& task = call.task;
    auto const [hint, bytes, protection, flags, fd, offset] = call.args;
    auto& address = call.progress[0];
    auto& populated = call.progress[1];
    if (call.first) {
        address = TRY(place_mapping(call));
        populated = address;
    }
    bool const now = (flags & map_flag::populate) != 0 && (flags & map_flag::nonblock) == 0;
    if (!now && (flags & map_flag::locked) == 0 && !task.memory().lock_future) return address;
    // What can't be brought in now comes at its first touch.
    auto const outcome =
        populate(call, populated, address + base::align_up(bytes, page_bytes), access::none);
    return outcome.is_blocked() ? outcome : Outcome(address);
}

Outcome munmap(Call& call) {
    if (call.args[1] == 0) return Errno::inval;
    auto const end = TRY(end_of(call.args[0], call.args[1], Errno::inval));
    return call.task.memory().unmap(call.args[0], end);
}

Outcome mprotect(Call& call) {
    auto& memory = call.task.memory();
    constexpr std::uint64_t both = grows_down_flag | grows_up_flag;
    auto const grows = call.args[2] & both, protection = call.args[2] & ~both;
    std::uint64_t start = call.args[0];
    if (grows == both) return Errno::inval;
    auto const end = TRY(end_of(start, call.args[1], Errno::nomem));
    if (end == start) return 0;
    if ((protection & ~protection_mask) != 0) return Errno::inval;
    if (grows != 0) {
        // To the end of the area in the direction in which it grows; here none grows upwards.
        auto const* area = memory.areas().behind(start);
        if (area == nullptr || area->start >= end) return Errno::nomem;
        if (grows == grows_up_flag || !area->grows_down) return Errno::inval;
        start = area->start;
    }
    return memory.protect(start, end, static_cast<std::uint32_t>(protection));
}

Outcome mremap(Call& call) {
    auto const [old, old_bytes, bytes, flags, target, unused] = call.args;
    constexpr std::uint64_t may_move = 1, fixed = 2, dont_unmap = 4;
    if ((flags & ~(may_move | fixed | dont_unmap)) != 0) return Errno::inval;
    if ((flags & (fixed | dont_unmap)) != 0 && (flags & may_move) == 0) return Errno::inval;
    if ((flags & dont_unmap) != 0 && old_bytes != bytes) return Errno::inval;
    if (old % page_bytes != 0 || bytes == 0) return Errno::inval;
    auto const old_end = TRY(end_of(old, old_bytes, Errno::inval));
    auto const size = TRY(end_of(0, bytes, Errno::inval));
    auto& memory = call.task.memory();
    if ((flags & fixed) != 0) {
        auto const end = TRY(end_of(target, bytes, Errno::inval));
        if (target < old_end && old < end) return Errno::inval;
        if (target < layout::lowest) return Errno::perm;
    }
    if (!call.task.environment().frames.can_take(8)) return Errno::nomem;
    auto const* area = memory.areas().at(old);
    auto const old_size = old_end - old;
    if (area != nullptr && area->locked && size > old_size)
        TRY(locks_new(call.task, (size - old_size) / page_bytes, true));
    return memory.remap(old, old_size, size,
                        {.may_move = (flags & may_move) != 0,
                         .fixed = (flags & fixed) != 0,
                         .keep = (flags & dont_unmap) != 0,
                         .target = (flags & (fixed | dont_unmap)) != 0 ? target : 0});
}

Outcome brk(Call& call) {
    auto& memory = call.task.memory();
    if (!call.task.environment().frames.can_take(8)) return memory.break_end();
    return memory.set_break(call.args[0], call.task.process.limits.soft(Limit::data));
}

} // namespace personality::calls
