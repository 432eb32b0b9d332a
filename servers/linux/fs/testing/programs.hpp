#pragma once
// A container for host tests: programs without code, whose system calls the test makes for them and
// whose answers it sees, waits included.

#include <servers/linux/dispatch.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>
#include <servers/linux/fs/testing/environment.hpp>
#include <servers/linux/machine/machine_fake.hpp>
#include <servers/linux/memory/area.hpp>
#include <servers/linux/process/end.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/spawn.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>

#include <gtest/gtest.h>
#include <sanitizer/lsan_interface.h>

#include <concepts>
#include <cstring>
#include <optional>
#include <string>

namespace personality::testing {

constexpr UserAddress memory_start = 0x10'0000, scratch_start = 0x20'0000;
constexpr std::size_t memory_size = 256 * 1024;

/// One single-threaded program with some memory: `at` addresses into it are the test's own, strings
/// given to `call` lie in the scratch part.
class FakeProgram {
public:
    FakeProgram(System& system, Process* of, Task* thread)
        : process(of), task(thread), system_(system) {}

    Process* process;
    Task* task;

    /// Make a call. What it answers, negative errors included; nothing if it waits.
    template <class... Arguments>
    std::optional<std::int64_t> call(std::uint64_t number, Arguments const&... arguments) {
        scratch_ = scratch_start;
        std::array<std::uint64_t, 6> words{};
        std::size_t i = 0;
        ((words[i++] = word(arguments)), ...);
        task->reply = {++reply_};
        auto const answer = serve_call(*task, number, words, 0);
        if (answer.kind == Answer::Kind::held) return std::nullopt;
        task->reply = {};
        if (answer.kind == Answer::Kind::gone) return gone;
        return answer.kind == Answer::Kind::result ? answer.value : handler_runs;
    }
    /// The answer to the call that waited, if it has come by now.
    std::optional<std::int64_t> answer() {
        run_ready(system_);
        auto& machine = static_cast<MachineFake&>(system_.machine);
        for (auto const& each : machine.answers)
            if (each.reply == reply_) return each.with_registers ? handler_runs : each.result;
        return std::nullopt;
    }
    static constexpr std::int64_t gone = 1'000'000, handler_runs = 1'000'001;

    template <class T> void put(UserAddress address, T const& value) {
        ASSERT_TRUE(task->memory().store(address, value));
    }
    void put_text(UserAddress address, std::string_view text) {
        ASSERT_TRUE(task->memory().copy_out(address, std::as_bytes(std::span(text))));
    }
    template <class T> T get(UserAddress address) { return *task->memory().load<T>(address); }
    std::string text(UserAddress address, std::size_t bytes) {
        std::string result(bytes, '\0');
        EXPECT_TRUE(task->memory().copy_in(std::as_writable_bytes(std::span(result)), address));
        return result;
    }

private:
    static inline std::uint32_t reply_numbers_ = 0;
    System& system_;
    UserAddress scratch_ = scratch_start;
    std::uint32_t reply_ = (reply_numbers_ += 100'000);

    std::uint64_t word(std::integral auto number) { return static_cast<std::uint64_t>(number); }
    std::uint64_t word(std::string_view text) {
        auto const at = scratch_;
        put_text(at, std::string(text) + '\0');
        scratch_ += text.size() + 1;
        return at;
    }
};

class Programs : public ::testing::Test {
protected:
    TestEnvironment world{4096};
    MachineFake machine;
    System system;
    FileSystem files{world.environment};

    explicit Programs(std::uint32_t processors = 1)
        : machine(processors), system(world.environment, machine) {
        system.files = &files;
        EXPECT_TRUE(files.start());
        // The first process and the table of tasks last as long as a container does.
        __lsan::ScopedDisabler const eternal;
        EXPECT_TRUE(start_first_process(system, *files.first_context()));
    }
    ~Programs() override {
        // The whole family ends with the container.
        while (auto* const last = any_program()) {
            end_process(*last, 9);
            bury(system);
            if (auto* const still = system.tasks.process(last_pid_)) reap(*still);
            bury(system);
        }
        // Process 1 stays, but must not keep the tree.
        system.tasks.process(1)->leader->place = nullptr;
    }

    /// A program of its own session, as user 0.
    FakeProgram program() {
        auto const pid = *system.tasks.allocate();
        auto* const process = new Process(system, pid);
        auto* const task = new Task(*process, pid);
        process->handlers = make<SignalHandlers>();
        process->memory = *ProgramSpace::create(world.ram.pool, machine);
        process->handle = *machine.make_process(process->memory->handle(), "test");
        task->thread = *machine.make_thread(process->handle, *task, 0);
        machine.threads.at(task->thread.raw).registers.file.rsp = scratch_start + 0xf000;
        task->descriptors = make<DescriptorTable>();
        task->place = *files.first_context();
        constexpr std::uint32_t rw = access::read | access::write;
        EXPECT_TRUE(process->memory->map(
            {.start = memory_start, .end = memory_start + memory_size, .protection = rw}));
        EXPECT_TRUE(process->memory->map(
            {.start = scratch_start, .end = scratch_start + 64 * 1024, .protection = rw}));
        auto session = make<Session>(pid);
        session->leader = process;
        make<ProcessGroup>(pid, session)->join(*process);
        process->leader = task;
        process->task_count = 1;
        process->tasks.push_back(*task);
        process->parent = system.tasks.process(1);
        process->parent->children.push_back(*process);
        system.tasks.add(*task);
        system.tasks.add(*process);
        system.processors.runs(*task);
        return {system, process, task};
    }
    /// A program of the same group, with the same files: as after fork.
    FakeProgram twin(FakeProgram& of) {
        auto other = program();
        other.task->descriptors = *of.task->descriptors->copy();
        move_to(other, of.process->group);
        return other;
    }
    static void move_to(FakeProgram& program, Ref<ProcessGroup> group) {
        program.process->group->leave(*program.process);
        group->join(*program.process);
    }

    /// Make `child` a child of `parent`, as if that had forked it.
    static void adopt(Process& parent, FakeProgram& child) {
        auto& process = *child.process;
        base::List<Process, &Process::sibling_link>::remove(process);
        process.parent = &parent;
        parent.children.push_back(process);
    }

    void pass_seconds(std::uint64_t seconds) {
        world.clock.pass_seconds(seconds);
        system.alarms.advance(system.now());
    }

private:
    Pid last_pid_ = 0;
    Process* any_program() {
        auto* const process = system.tasks.next_process(1);
        if (process != nullptr) last_pid_ = process->pid;
        return process;
    }
};

/// Calls by number, so that a test reads as a trace does.
namespace nr {
enum : std::uint64_t {
    read = 0,
    write = 1,
    open = 2,
    close = 3,
    stat = 4,
    fstat = 5,
    lstat = 6,
    poll = 7,
    lseek = 8,
    ioctl = 16,
    pread64 = 17,
    pwrite64 = 18,
    readv = 19,
    writev = 20,
    access = 21,
    pipe = 22,
    select = 23,
    dup = 32,
    dup2 = 33,
    sendfile = 40,
    fcntl = 72,
    flock = 73,
    truncate = 76,
    ftruncate = 77,
    getdents = 78,
    getcwd = 79,
    chdir = 80,
    fchdir = 81,
    rename = 82,
    mkdir = 83,
    rmdir = 84,
    creat = 85,
    link = 86,
    unlink = 87,
    symlink = 88,
    readlink = 89,
    chmod = 90,
    fchmod = 91,
    chown = 92,
    umask = 95,
    mknod = 133,
    statfs = 137,
    chroot = 161,
    mount = 165,
    umount2 = 166,
    getxattr = 191,
    getdents64 = 217,
    fadvise64 = 221,
    openat = 257,
    mkdirat = 258,
    newfstatat = 262,
    unlinkat = 263,
    renameat = 264,
    linkat = 265,
    readlinkat = 267,
    faccessat = 269,
    pselect6 = 270,
    ppoll = 271,
    utimensat = 280,
    fallocate = 285,
    eventfd2 = 290,
    dup3 = 292,
    pipe2 = 293,
    preadv = 295,
    renameat2 = 316,
    copy_file_range = 326,
    statx = 332,
    close_range = 436,
    faccessat2 = 439,
};
} // namespace nr

constexpr std::int64_t error(Errno number) { return -static_cast<std::int64_t>(number); }

} // namespace personality::testing
