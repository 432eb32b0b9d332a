#include <servers/linux/fs/proc/proc_task.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/memory_parts.hpp>
#include <servers/linux/fs/proc/proc_link.hpp>
#include <servers/linux/fs/proc/proc_mounts.hpp>
#include <servers/linux/fs/proc/proc_static.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace personality {

namespace {

/// The program's own memory from `start` on, as it is now: it may be anything.
Result<> render_memory(Task& task, std::uint64_t start, std::uint64_t end, Text& text) {
    if (!task.process.memory) return {};
    constexpr std::uint64_t most = 2 << 20;
    end = std::min(end, start + most);
    while (start < end) {
        auto const piece = task.memory().readable(start, end - start);
        if (!piece || piece->empty()) break;
        text.put({reinterpret_cast<char const*>(piece->data()), piece->size()});
        start += piece->size();
    }
    return {};
}

Result<> render_cmdline(Task& task, Text& text) {
    if (!task.process.memory) return {};
    auto const& parts = task.memory().parts;
    return render_memory(task, parts.argument_start, parts.argument_end, text);
}

Result<> render_environ(Task& task, Text& text) {
    if (!task.process.memory) return {};
    auto const& parts = task.memory().parts;
    return render_memory(task, parts.environment_start, parts.environment_end, text);
}

Result<> render_comm(Task& task, Text& text) {
    text.put(task.name.data()).put('\n');
    return {};
}

Result<> set_comm(Call& call, Task& task, std::string_view name) {
    if (&call.task.process != &task.process) return fail(Errno::inval);
    task.name = {};
    std::ranges::copy(name.substr(0, task.name.size() - 1), task.name.begin());
    return {};
}

Result<> render_oom_adjustment(Task& task, Text& text) {
    auto const value = task.process.oom_score_adjustment;
    if (value < 0) text.put('-');
    text.decimal(static_cast<std::uint64_t>(value < 0 ? -value : value)).put('\n');
    return {};
}

Result<> set_oom_adjustment(Call& call, Task& task, std::string_view word) {
    constexpr std::int32_t most = 1000;
    std::int32_t value = 0;
    auto const parsed = std::from_chars(word.data(), word.data() + word.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size())
        return fail(Errno::inval);
    if (value < -most || value > most) return fail(Errno::inval);
    // Whoever may write the file may end sooner, and only who has the right may end later.
    auto& process = task.process;
    if (value < process.oom_score_adjustment && !call.task.identity().can(Identity::sys_resource))
        return fail(Errno::acces);
    process.oom_score_adjustment = value;
    return {};
}

Result<> render_statm(Task& task, Text& text) {
    auto* const memory = task.process.memory.get();
    if (memory == nullptr) {
        text.put("0 0 0 0 0 0 0\n");
        return {};
    }
    auto const parts = memory_parts(*memory);
    text.decimal(memory->total_pages()).put(' ').decimal(memory->resident()).put(' ');
    text.decimal(parts.resident_files).put(' ').decimal(parts.code).put(" 0 ");
    text.decimal(parts.data + parts.stack).put(" 0\n");
    return {};
}

Result<> render_limits(Task& task, Text& text) {
    struct Line {
        std::string_view name, unit;
    };
    constexpr std::array<Line, limit_count> lines{{{"Max cpu time", "seconds"},
                                                   {"Max file size", "bytes"},
                                                   {"Max data size", "bytes"},
                                                   {"Max stack size", "bytes"},
                                                   {"Max core file size", "bytes"},
                                                   {"Max resident set", "bytes"},
                                                   {"Max processes", "processes"},
                                                   {"Max open files", "files"},
                                                   {"Max locked memory", "bytes"},
                                                   {"Max address space", "bytes"},
                                                   {"Max file locks", "locks"},
                                                   {"Max pending signals", "signals"},
                                                   {"Max msgqueue size", "bytes"},
                                                   {"Max nice priority", ""},
                                                   {"Max realtime priority", ""},
                                                   {"Max realtime timeout", "us"}}};
    auto const padded = [&](std::string_view word, std::size_t width) {
        text.put(word);
        for (auto at = word.size(); at < width; at++) text.put(' ');
    };
    auto const value = [&](std::uint64_t limit) {
        std::array<char, 24> memory;
        auto* const end = std::to_chars(memory.data(), memory.data() + memory.size(), limit).ptr;
        padded(limit == unlimited
                   ? std::string_view("unlimited")
                   : std::string_view(memory.data(), static_cast<std::size_t>(end - memory.data())),
               21);
    };
    padded("Limit", 26), padded("Soft Limit", 21), padded("Hard Limit", 21);
    text.put("Units     \n");
    for (unsigned i = 0; i < limit_count; i++) {
        auto const& pair = task.process.limits[static_cast<Limit>(i)];
        padded(lines[i].name, 26);
        value(pair.soft), value(pair.hard);
        padded(lines[i].unit, 10);
        text.put('\n');
    }
    return {};
}

Result<> render_task_mounts(Task& task, Text& text) {
    return render_mounts(*task.system().files, text);
}
Result<> render_task_mountinfo(Task& task, Text& text) {
    return render_mountinfo(*task.system().files, text);
}
Result<> render_cgroup(Task&, Text& text) {
    text.put("0::/\n");
    return {};
}
Result<> render_zero(Task&, Text& text) {
    text.put('0');
    return {};
}

Result<> render_auxv(Task& task, Text& text) {
    if (!task.process.memory) return {};
    auto const& parts = task.memory().parts;
    return render_memory(task, parts.vectors_start, parts.vectors_start + parts.vectors_bytes,
                         text);
}

Result<> render_personality(Task& task, Text& text) {
    text.hexadecimal(task.process.personality_bits, 8).put('\n');
    return {};
}

/// Nobody counts them; none of it goes to a disk.
Result<> render_io(Task&, Text& text) {
    text.put("rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\n"
             "cancelled_write_bytes: 0\n");
    return {};
}

Result<> render_schedstat(Task& task, Text& text) {
    text.decimal(processor_time(task.process)).put(" 0 0\n");
    return {};
}

/// Users are the same inside and outside.
Result<> render_map_of_ids(Task&, Text& text) {
    text.put("         0          0 4294967295\n");
    return {};
}

Result<> render_setgroups(Task&, Text& text) {
    text.put("allow\n");
    return {};
}

Result<> render_children(Task& task, Text& text) {
    if (task.process.leader != &task) return {};
    for (auto& child : task.process.children) text.integer(child.pid).put(' ');
    return {};
}

template <class T> Result<T> number_in(std::string_view text) {
    T number{};
    auto const* const end = text.data() + text.size();
    auto const parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end) return fail(Errno::inval);
    return number;
}

/// What the choice of who ends first goes by, in thousandths of memory.
Result<> render_oom_score(Task& task, Text& text) {
    auto& process = task.process;
    auto const total = static_cast<std::int64_t>(task.environment().frames.total());
    auto const resident =
        process.memory ? static_cast<std::int64_t>(process.memory->resident()) : 0;
    bool const spared = process.init() || process.oom_score_adjustment == Process::never_when_short;
    auto const score = resident * 1000 / total + process.oom_score_adjustment;
    text.integer(spared ? 0 : std::max<std::int64_t>(score, 0)).put('\n');
    return {};
}

Result<> render_login_user(Task& task, Text& text) {
    text.decimal(task.process.login_user); // without a line's end
    return {};
}

Result<> set_login_user(Call& call, Task& task, std::string_view text) {
    if (&call.task.process != &task.process) return fail(Errno::perm);
    auto const wanted = TRY(number_in<std::uint32_t>(text));
    constexpr std::uint32_t nobody = ~0U;
    if (task.process.login_user != nobody && !call.task.identity().can(Identity::audit_control))
        return fail(Errno::perm);
    task.process.login_user = wanted;
    return {};
}

Result<> render_session(Task&, Text& text) {
    text.put("4294967295");
    return {};
}

Result<> render_coredump_filter(Task&, Text& text) {
    text.put("00000033\n");
    return {};
}

constexpr auto items = std::to_array<TaskItem>({
    {"auxv", render_auxv, 0400},
    {"cgroup", render_cgroup},
    {"children", render_children},
    {"cmdline", render_cmdline},
    {"comm", render_comm, 0644, set_comm},
    {"coredump_filter", render_coredump_filter},
    {"environ", render_environ, 0400},
    {"gid_map", render_map_of_ids},
    {"io", render_io, 0400},
    {"limits", render_limits},
    {"loginuid", render_login_user, 0644, set_login_user},
    {"maps", render_maps},
    {"mountinfo", render_task_mountinfo},
    {"mounts", render_task_mounts},
    {"oom_score", render_oom_score},
    {"oom_score_adj", render_oom_adjustment, 0644, set_oom_adjustment},
    {"personality", render_personality, 0400},
    {"schedstat", render_schedstat},
    {"sessionid", render_session},
    {"setgroups", render_setgroups},
    {"smaps", render_smaps},
    {"smaps_rollup", render_smaps_rollup},
    {"stat", render_stat},
    {"statm", render_statm},
    {"status", render_status},
    {"uid_map", render_map_of_ids},
    {"wchan", render_zero},
});

/// One of these files, of one task.
class ProcTaskFile final : public GeneratedFile {
public:
    ProcTaskFile(ProcVolume& of, Task& task, std::size_t place)
        : GeneratedFile(of, task_inode(task.tid, 16 + place), items[place].permissions),
          tid_(task.tid), item_(items[place]) {
        set_owner(task.process.identity.euid, task.process.identity.egid);
    }
    Result<> render(Text& text) override {
        auto const task = task_of(volume, tid_);
        if (!task) return fail(Errno::srch);
        return item_.render(**task, text);
    }
    Outcome accept(Call& call, std::string_view text) override {
        if (item_.accept == nullptr) return Errno::inval;
        auto* const task = TRY(task_of(volume, tid_));
        return item_.accept(call, *task, text);
    }

private:
    std::int32_t const tid_;
    TaskItem const& item_;
};

} // namespace

std::span<TaskItem const> task_items() { return items; }

Result<Task*> task_of(Volume& volume, std::int32_t tid) {
    auto* const task = static_cast<ProcVolume&>(volume).system.tasks.task(tid);
    if (task == nullptr) return fail(Errno::noent);
    return task;
}

std::int32_t number_of(std::string_view name) {
    std::int32_t number = 0;
    auto const* const end = name.data() + name.size();
    auto const parsed = std::from_chars(name.data(), end, number);
    bool const whole = parsed.ec == std::errc() && parsed.ptr == end;
    return whole && name.front() != '0' && number > 0 ? number : 0;
}

ProcTaskFolder::ProcTaskFolder(ProcVolume& of, Task& shown, bool whole)
    : GeneratedFolder(of, task_inode(shown.tid, whole ? 1 : 2)), tid_(shown.tid), whole_(whole) {
    set_owner(shown.process.identity.euid, shown.process.identity.egid);
}

Result<Ref<Entry>> ProcTaskFolder::lookup(Entry& here, std::string_view name, Actor const&) {
    auto& proc = static_cast<ProcVolume&>(volume);
    auto& task = *TRY(task_of(volume, tid_));
    for (std::size_t i = 0; i < items.size(); i++)
        if (items[i].name == name) return generate<ProcTaskFile>(here, name, proc, task, i);
    for (auto kind : ProcLink::kinds)
        if (ProcLink::name_of(kind) == name)
            return generate<ProcLink>(here, name, proc, task, kind);
    if (name == "fd") return generate<ProcDescriptors>(here, name, proc, task);
    if (name == "fdinfo") return generate<ProcDescriptorNotes>(here, name, proc, task);
    if (name == proc_net().name) return generate<ProcStaticFolder>(here, name, proc, proc_net());
    if (name == "task" && whole_) return generate<ProcTaskList>(here, name, proc, task);
    return fail(Errno::noent);
}

Result<> ProcTaskFolder::list(Entry&, std::uint64_t position, Listing& listing) {
    TRY(task_of(volume, tid_));
    std::uint64_t at = 2;
    auto const add = [&](std::string_view name, std::uint64_t place, FileType type) {
        at++;
        return at - 1 < position || listing.add(name, task_inode(tid_, place), type, at);
    };
    for (std::size_t i = 0; i < items.size(); i++)
        if (!add(items[i].name, 16 + i, FileType::regular)) return {};
    for (auto kind : ProcLink::kinds)
        if (!add(ProcLink::name_of(kind), ProcLink::place_of(kind), FileType::symlink)) return {};
    if (!add("fd", ProcDescriptors::place, FileType::folder)) return {};
    if (!add("fdinfo", ProcDescriptorNotes::place, FileType::folder)) return {};
    if (!add(proc_net().name, 10, FileType::folder)) return {};
    if (whole_) add("task", 3, FileType::folder);
    return {};
}

ProcTaskList::ProcTaskList(ProcVolume& of, Task& leader)
    : GeneratedFolder(of, task_inode(leader.tid, 3)), pid_(leader.process.pid) {}

Result<Ref<Entry>> ProcTaskList::lookup(Entry& here, std::string_view name, Actor const&) {
    auto* const task = TRY(task_of(volume, number_of(name)));
    if (task->process.pid != pid_) return fail(Errno::noent);
    return generate<ProcTaskFolder>(here, name, static_cast<ProcVolume&>(volume), *task, false);
}

Result<> ProcTaskList::list(Entry&, std::uint64_t position, Listing& listing) {
    auto* const leader = TRY(task_of(volume, pid_));
    std::uint64_t at = 2;
    for (auto& task : leader->process.tasks) {
        std::array<char, 16> memory;
        auto* const end = std::to_chars(memory.data(), memory.data() + memory.size(), task.tid).ptr;
        std::string_view const name(memory.data(), static_cast<std::size_t>(end - memory.data()));
        at++;
        if (at - 1 < position) continue;
        if (!listing.add(name, task_inode(task.tid, 2), FileType::folder, at)) break;
    }
    return {};
}

} // namespace personality
