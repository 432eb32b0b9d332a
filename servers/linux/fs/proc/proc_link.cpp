#include <servers/linux/fs/proc/proc_link.hpp>

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/fs/proc/proc_task.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <charconv>

namespace personality {

namespace {

/// Who may look into a program: itself, its user, or user 0.
Result<> check_access(Task const& task, Actor const& actor) {
    auto const& identity = task.process.identity;
    bool const own = task.process.pid == actor.process;
    if (own || actor.can(Identity::dac_override) ||
        (identity.uid == actor.user && task.process.dumpable))
        return {};
    return fail(Errno::acces);
}

/// The file behind a name in fd/ or fdinfo/: ENOENT.
struct Named {
    std::int32_t fd;
    Ref<File> file;
};
Result<Named> named(Task& task, std::string_view name) {
    auto const fd = name == "0" ? 0 : number_of(name);
    if ((fd == 0 && name != "0") || !task.descriptors) return fail(Errno::noent);
    auto file = task.descriptors->any_file(fd);
    if (!file) return fail(Errno::noent);
    return Named{fd, std::move(*file)};
}

void list_descriptors(Task& task, std::uint64_t position, std::uint64_t first_place, FileType type,
                      Listing& listing) {
    if (!task.descriptors) return;
    auto from = static_cast<std::uint32_t>(position - 2);
    for (auto fd = task.descriptors->next(from); fd >= 0; fd = task.descriptors->next(from)) {
        std::array<char, 16> memory;
        auto* const end = std::to_chars(memory.data(), memory.data() + memory.size(), fd).ptr;
        std::string_view const name(memory.data(), static_cast<std::size_t>(end - memory.data()));
        auto const number = task_inode(task.tid, first_place + static_cast<std::uint64_t>(fd));
        from = static_cast<std::uint32_t>(fd) + 1;
        if (!listing.add(name, number, type, from + 2)) break;
    }
}

} // namespace

ProcJump::ProcJump(ProcVolume& of, Task& task, std::uint64_t place, std::uint16_t bits)
    : GeneratedNode(of, task_inode(task.tid, place), FileType::symlink, bits), tid_(task.tid) {
    set_owner(task.process.identity.euid, task.process.identity.egid);
}

std::optional<Result<Location>> ProcJump::jump(Actor const& actor) {
    auto const task = task_of(volume, tid_);
    if (!task) return fail(task.error());
    if (auto const allowed = check_access(**task, actor); !allowed) return fail(allowed.error());
    return where(**task);
}

Result<std::string_view> ProcJump::target(std::span<char> scratch, Actor const& actor) {
    auto& task = *TRY(task_of(volume, tid_));
    TRY(check_access(task, actor));
    auto const at = TRY(where(task));
    auto const path = path_of(at, task.system().files->mounts.root(), scratch);
    if (!path) return fail(Errno::nametoolong);
    return *path;
}

Result<Location> ProcLink::where(Task& task) {
    if (kind_ == Kind::exe) {
        if (!task.process.executable) return fail(Errno::noent);
        return task.process.executable->location;
    }
    if (!task.place) return fail(Errno::noent);
    return kind_ == Kind::cwd ? task.place->working : task.place->root;
}

Result<Location> ProcDescriptor::where(Task& task) {
    if (!task.descriptors) return fail(Errno::noent);
    auto const file = task.descriptors->any_file(fd_);
    if (!file) return fail(Errno::noent);
    return (*file)->location;
}

ProcDescriptors::ProcDescriptors(ProcVolume& of, Task& task)
    : GeneratedFolder(of, task_inode(task.tid, place), 0500), tid_(task.tid) {
    set_owner(task.process.identity.euid, task.process.identity.egid);
}

Result<Ref<Entry>> ProcDescriptors::lookup(Entry& here, std::string_view name, Actor const&) {
    auto& task = *TRY(task_of(volume, tid_));
    auto const [fd, file] = TRY(named(task, name));
    auto const bits = static_cast<std::uint16_t>((file->readable() ? 0500 : 0100) |
                                                 (file->writable() ? 0200 : 0));
    return generate<ProcDescriptor>(here, name, static_cast<ProcVolume&>(volume), task, fd, bits);
}

Result<> ProcDescriptors::list(Entry&, std::uint64_t position, Listing& listing) {
    list_descriptors(*TRY(task_of(volume, tid_)), position, ProcDescriptor::first_place,
                     FileType::symlink, listing);
    return {};
}

ProcDescriptorNote::ProcDescriptorNote(ProcVolume& of, Task& task, std::int32_t fd)
    : GeneratedFile(of, task_inode(task.tid, first_place + static_cast<std::uint64_t>(fd)), 0400),
      tid_(task.tid), fd_(fd) {
    set_owner(task.process.identity.euid, task.process.identity.egid);
}

Result<> ProcDescriptorNote::render(Text& text) {
    auto& task = *TRY(task_of(volume, tid_));
    if (!task.descriptors) return fail(Errno::noent);
    auto const file = task.descriptors->any_file(fd_);
    if (!file) return fail(Errno::noent);
    auto flags = (*file)->flags;
    if (task.descriptors->closes_on_exec(fd_).value_or(false)) flags |= open_flag::close_on_exec;
    text.put("pos:\t").decimal((*file)->position).put("\nflags:\t0").octal(flags);
    text.put("\nmnt_id:\t").decimal((*file)->location.mount->id);
    text.put("\nino:\t").decimal((*file)->inode().number).put('\n');
    return {};
}

ProcDescriptorNotes::ProcDescriptorNotes(ProcVolume& of, Task& task)
    : GeneratedFolder(of, task_inode(task.tid, place), 0500), tid_(task.tid) {
    set_owner(task.process.identity.euid, task.process.identity.egid);
}

Result<Ref<Entry>> ProcDescriptorNotes::lookup(Entry& here, std::string_view name, Actor const&) {
    auto& task = *TRY(task_of(volume, tid_));
    auto const fd = TRY(named(task, name)).fd;
    return generate<ProcDescriptorNote>(here, name, static_cast<ProcVolume&>(volume), task, fd);
}

Result<> ProcDescriptorNotes::list(Entry&, std::uint64_t position, Listing& listing) {
    list_descriptors(*TRY(task_of(volume, tid_)), position, ProcDescriptorNote::first_place,
                     FileType::regular, listing);
    return {};
}

} // namespace personality
