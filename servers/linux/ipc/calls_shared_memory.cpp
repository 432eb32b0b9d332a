// shmget, shmat, shmdt, shmctl.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <base/address.hpp>

#include <algorithm>

namespace personality::calls {

namespace {

constexpr std::uint32_t of_owner = 0777;

namespace attach_flag {
constexpr std::uint32_t read_only = 010000, round = 020000, remap = 040000, execute = 0100000;
}

struct RightsWords { // struct ipc64_perm
    std::int32_t key;
    std::uint32_t uid, gid, creator_uid, creator_gid, mode;
    std::uint16_t sequence, padding;
    std::uint32_t more_padding;
    std::uint64_t unused[2];
};

struct SegmentWords { // struct shmid64_ds
    RightsWords rights;
    std::uint64_t size, attached_at, detached_at, changed_at;
    std::int32_t creator, last;
    std::uint64_t mappings;
    std::uint64_t unused[2];
};
static_assert(sizeof(SegmentWords) == 112);

struct LimitWords { // struct shminfo64
    std::uint64_t most_bytes, least_bytes, most_segments, most_of_process, most_pages;
    std::uint64_t unused[4];
};

struct UseWords { // struct shm_info
    std::int32_t segments;
    std::uint64_t pages, resident, swapped, attempts, successes;
};

std::uint64_t seconds(System& system) {
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    return system.environment.clock.realtime() / ns_per_second;
}

/// SHMALL: what segments may promise together.
std::uint64_t most_pages(System& system) { return system.environment.frames.total() / 2; }

SegmentWords words_of(SharedSegment const& segment) {
    constexpr std::uint32_t goes_soon = 01000, is_locked = 02000;
    auto const& rights = segment.rights;
    return {.rights = {.key = rights.key,
                       .uid = rights.uid,
                       .gid = rights.gid,
                       .creator_uid = rights.creator_uid,
                       .creator_gid = rights.creator_gid,
                       .mode = rights.mode | (segment.removed ? goes_soon : 0) |
                               (segment.locked ? is_locked : 0)},
            .size = segment.size,
            .attached_at = segment.attached_at,
            .detached_at = segment.detached_at,
            .changed_at = segment.changed_at,
            .creator = segment.creator,
            .last = segment.last,
            .mappings = segment.mappings()};
}

Outcome change(Call& call, SharedSegment& segment) {
    auto const words = TRY(call.task.memory().load<SegmentWords>(call.args[2]));
    TRY(segment.rights.check_owner(call.task.identity()));
    segment.rights.uid = words.rights.uid;
    segment.rights.gid = words.rights.gid;
    segment.rights.mode = words.rights.mode & of_owner;
    segment.changed_at = seconds(call.task.system());
    return 0;
}

Outcome lock(Call& call, SharedSegment& segment, bool locked) {
    auto const& identity = call.task.identity();
    if (!identity.can(Identity::ipc_lock)) {
        if (identity.euid != segment.rights.uid && identity.euid != segment.rights.creator_uid)
            return Errno::perm;
        if (locked && call.task.process.limits.soft(Limit::memlock) == 0) return Errno::perm;
    }
    segment.locked = locked; // memory never leaves RAM
    return 0;
}

} // namespace

Outcome shmget(Call& call) {
    constexpr std::uint32_t create = 01000, exclusive = 02000, large_pages = 04000;
    auto const key = static_cast<std::int32_t>(call.args[0]);
    auto const bytes = call.args[1];
    auto const flags = call.int_arg(2);
    System& system = call.task.system();
    auto& table = system.segments;
    auto const& identity = call.task.identity();
    if (auto* const old = key == 0 ? nullptr : table.with_key(key)) {
        if ((flags & create) != 0 && (flags & exclusive) != 0) return Errno::exist;
        if (bytes > old->size) return Errno::inval;
        std::uint32_t const wanted = (flags >> 6 | flags >> 3 | flags) & 7;
        TRY(old->rights.check(identity, wanted));
        return old->id;
    }
    if (key != 0 && (flags & create) == 0) return Errno::noent;
    if ((flags & large_pages) != 0) return Errno::nomem; // there is no pool of them
    if (bytes == 0 || bytes > layout::task_end) return Errno::inval;
    auto* const segment = TRY(table.create(system.environment.frames, bytes, most_pages(system)));
    segment->rights = {.key = key,
                       .uid = identity.euid,
                       .gid = identity.egid,
                       .creator_uid = identity.euid,
                       .creator_gid = identity.egid,
                       .mode = flags & of_owner};
    segment->creator = call.task.process.pid;
    segment->changed_at = seconds(system);
    return segment->id;
}

Outcome shmat(Call& call) {
    System& system = call.task.system();
    auto& memory = call.task.memory();
    auto* const segment = TRY(system.segments.find(call.fd_arg(0)));
    auto const flags = call.int_arg(2);
    std::uint64_t address = call.args[1];
    if ((flags & attach_flag::round) != 0 && address >= page_bytes)
        address = base::align_down(address, page_bytes);
    if (address % page_bytes != 0) return Errno::inval;
    if (address == 0 && (flags & attach_flag::remap) != 0) return Errno::inval;

    bool const writes = (flags & attach_flag::read_only) == 0;
    bool const runs = (flags & attach_flag::execute) != 0;
    TRY(segment->rights.check(call.task.identity(), 4U | (writes ? 2U : 0) | (runs ? 1U : 0)));
    std::uint64_t const bytes = segment->pages() * page_bytes;
    if (address == 0) {
        address = TRY(memory.place(0, bytes));
    } else {
        if (address < layout::lowest || bytes > layout::task_end - address) return Errno::inval;
        bool const replaces = (flags & attach_flag::remap) != 0;
        if (!replaces && !memory.areas().free(address, address + bytes)) return Errno::inval;
    }
    TRY(memory.map(
        {.start = address,
         .end = address + bytes,
         .protection = access::read | (writes ? access::write : 0) | (runs ? access::execute : 0),
         .shared = true,
         .never_write = !writes,
         .source = Ref<PageSource>(segment)}));
    segment->attached_at = seconds(system);
    segment->last = call.task.process.pid;
    return address;
}

Outcome shmdt(Call& call) {
    System& system = call.task.system();
    auto& memory = call.task.memory();
    std::uint64_t const address = call.args[0];
    if (address % page_bytes != 0) return Errno::inval;
    auto const* const area = memory.areas().at(address);
    if (area == nullptr || !area->source) return Errno::inval;
    auto* const segment = system.segments.of(*area->source);
    // It must be where the segment begins.
    if (segment == nullptr || area->source_index(address / page_bytes) != 0) return Errno::inval;
    Ref<SharedSegment> const kept(segment);
    std::uint64_t const end = address + segment->pages() * page_bytes;
    segment->detached_at = seconds(system);
    segment->last = call.task.process.pid;
    // Parts of it may have been unmapped, and others stand in their place.
    for (std::uint64_t at = address; at < end;) {
        auto const* const part = memory.areas().behind(at);
        if (part == nullptr || part->start >= end) break;
        auto const part_start = std::max(part->start, at), part_end = std::min(part->end, end);
        at = part_end;
        if (part->source.get() == segment) TRY(memory.unmap(part_start, part_end));
    }
    return 0;
}

Outcome shmctl(Call& call) {
    constexpr std::uint32_t new_structs = 0x100; // IPC_64: the only ones there are on x86-64
    enum Command : std::uint32_t {
        remove = 0,
        set = 1,
        status = 2,
        limits = 3,
        lock_in = 11,
        unlock = 12,
        status_at = 13,
        use = 14,
        status_at_any = 15,
    };
    System& system = call.task.system();
    auto& table = system.segments;
    auto& memory = call.task.memory();
    auto const command = call.int_arg(1) & ~new_structs;
    auto const id = call.fd_arg(0);
    if (id < 0) return Errno::inval;
    switch (command) {
    case limits:
        TRY(memory.store(call.args[2], LimitWords{.most_bytes = most_pages(system) * page_bytes,
                                                  .least_bytes = 1,
                                                  .most_segments = SegmentTable::most_segments,
                                                  .most_of_process = SegmentTable::most_segments,
                                                  .most_pages = most_pages(system)}));
        return table.highest();
    case use:
        TRY(memory.store(call.args[2],
                         UseWords{.segments = static_cast<std::int32_t>(table.count()),
                                  .pages = table.pages(),
                                  .resident = table.pages()}));
        return table.highest();
    case status_at:
    case status_at_any: {
        auto* const segment = table.at(static_cast<std::uint32_t>(id));
        if (segment == nullptr) return Errno::inval;
        if (command == status_at) TRY(segment->rights.check(call.task.identity(), 4));
        TRY(memory.store(call.args[2], words_of(*segment)));
        return segment->id;
    }
    default: break;
    }
    if (command != remove && command != set && command != status && command != lock_in &&
        command != unlock)
        return Errno::inval;
    auto* const segment = TRY(table.find(id));
    switch (command) {
    case remove:
        TRY(segment->rights.check_owner(call.task.identity()));
        table.remove(*segment);
        return 0;
    case set: return change(call, *segment);
    case status:
        TRY(segment->rights.check(call.task.identity(), 4));
        return memory.store(call.args[2], words_of(*segment));
    default: return lock(call, *segment, command == lock_in);
    }
}

} // namespace personality::calls
