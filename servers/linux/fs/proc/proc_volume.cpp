#include <servers/linux/fs/proc/proc_volume.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/proc/proc_static.hpp>
#include <servers/linux/fs/proc/proc_task.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <array>
#include <charconv>
#include <cstring>

namespace personality {

namespace {

/// /proc/self and /proc/thread-self: the number of whoever looks.
class ProcSelf final : public GeneratedNode {
public:
    ProcSelf(ProcVolume& of, bool thread)
        : GeneratedNode(of, thread ? 3 : 2, FileType::symlink, 0777), thread_(thread) {}

    Result<std::string_view> target(std::span<char> scratch, Actor const& actor) override {
        if (actor.process == 0) return fail(Errno::noent);
        auto* at = scratch.data();
        auto* const end = at + scratch.size();
        at = std::to_chars(at, end, actor.process).ptr;
        if (thread_) {
            constexpr std::string_view between = "/task/";
            std::memcpy(at, between.data(), between.size());
            at = std::to_chars(at + between.size(), end, actor.thread).ptr;
        }
        return std::string_view(scratch.data(), static_cast<std::size_t>(at - scratch.data()));
    }

private:
    bool const thread_;
};

class ProcRoot final : public GeneratedFolder {
public:
    explicit ProcRoot(ProcVolume& of) : GeneratedFolder(of, 1) {}

    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const&) override {
        auto& proc = static_cast<ProcVolume&>(volume);
        if (auto const pid = number_of(name); pid != 0) {
            auto* const task = TRY(task_of(volume, pid));
            return generate<ProcTaskFolder>(here, name, proc, *task, true);
        }
        if (name == "self") return generate<ProcSelf>(here, name, proc, false);
        if (name == "thread-self") return generate<ProcSelf>(here, name, proc, true);
        if (name == proc_sys().name)
            return generate<ProcStaticFolder>(here, name, proc, proc_sys());
        return look_up_item(proc, here, proc_items(), name);
    }

    Result<> list(Entry&, std::uint64_t position, Listing& listing) override {
        auto& proc = static_cast<ProcVolume&>(volume);
        auto const& tasks = proc.system.tasks;
        if (position <= 2 && !listing.add("self", 2, FileType::symlink, 3)) return {};
        if (position <= 3 && !listing.add("thread-self", 3, FileType::symlink, 4)) return {};
        if (!list_items(proc, proc_items(), 4, position, listing)) return {};
        if (!list_items(proc, std::span(&proc_sys(), 1), sys_position, position, listing))
            return {};
        // Then the programs: behind number N stands position first_program + N.
        auto const after = position > first_program ? position - first_program : 0;
        auto* process = tasks.next_process(static_cast<Pid>(after));
        for (; process != nullptr; process = tasks.next_process(process->pid)) {
            std::array<char, 16> memory;
            auto* const end =
                std::to_chars(memory.data(), memory.data() + memory.size(), process->pid).ptr;
            std::string_view const name(memory.data(),
                                        static_cast<std::size_t>(end - memory.data()));
            auto const next = first_program + static_cast<std::uint64_t>(process->pid);
            if (!listing.add(name, task_inode(process->pid, 1), FileType::folder, next)) break;
        }
        return {};
    }

private:
    static constexpr std::uint64_t sys_position = 250, first_program = 256;
};

} // namespace

Result<Ref<Entry>> ProcVolume::make_root() {
    auto root = make<ProcRoot>(*this);
    if (!root) return fail(Errno::nomem);
    return Entry::create(nullptr, "", std::move(root));
}

std::uint64_t processor_count(System& system) { return system.processors.count(); }

Result<> mount_proc(System& system) {
    auto& files = *system.files;
    auto const volume =
        make<ProcVolume>(system, system.environment, files.memory, files.next_minor());
    if (!volume) return fail(Errno::nomem);
    files.proc_root = TRY(volume->make_root());
    TRY(files.mount(files.proc_root, "/proc", "proc"));
    return {};
}

} // namespace personality
