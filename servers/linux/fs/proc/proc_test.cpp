#include <servers/linux/fs/proc/proc_volume.hpp>
#include <servers/linux/fs/proc/sys_volume.hpp>

#include <servers/linux/fs/testing/programs.hpp>

#include <set>

namespace personality::testing {
namespace {

using namespace std::string_view_literals;
using namespace std::string_literals;

class Proc : public Programs {
protected:
    FakeProgram p = program();
    Proc() { EXPECT_TRUE(mount_proc(system)); }

    std::string read(std::string_view path) {
        auto const fd = *p.call(nr::open, path, 0);
        if (fd < 0) return "error " + std::to_string(fd);
        auto const count = *p.call(nr::read, fd, memory_start, 100'000);
        p.call(nr::close, fd);
        if (count < 0) return "error " + std::to_string(count);
        return p.text(memory_start, static_cast<std::size_t>(count));
    }
    std::string link(std::string_view path) {
        auto const count = *p.call(nr::readlink, path, memory_start, 4096);
        if (count < 0) return "error " + std::to_string(count);
        return p.text(memory_start, static_cast<std::size_t>(count));
    }
    std::set<std::string> list(std::string_view path, std::size_t portion = 4096) {
        std::set<std::string> names;
        auto const fd = *p.call(nr::open, path, open_flag::folder);
        EXPECT_GE(fd, 0);
        while (true) {
            auto const bytes = *p.call(nr::getdents64, fd, memory_start, portion);
            EXPECT_GE(bytes, 0);
            if (bytes <= 0) break;
            for (std::int64_t at = 0; at < bytes;) {
                auto const start = memory_start + static_cast<std::uint64_t>(at);
                auto const length = p.get<std::uint16_t>(start + 16);
                EXPECT_TRUE(names.insert(p.text(start + 19, length - 19u).c_str()).second);
                at += length;
            }
        }
        p.call(nr::close, fd);
        return names;
    }
    std::string pid() const { return std::to_string(p.process->pid); }
};

TEST_F(Proc, ListsProgramsInAnyPortion) {
    auto other = program();
    auto const names = list("/proc");
    for (auto const& name : {"1"s, pid(), std::to_string(other.process->pid), "self"s, "sys"s,
                             "meminfo"s, "uptime"s, "mounts"s})
        EXPECT_TRUE(names.contains(name)) << name;
    EXPECT_EQ(list("/proc", 64), names);
    EXPECT_EQ(list("/proc/self/task"), (std::set<std::string>{".", "..", pid()}));
}

TEST_F(Proc, KnowsItself) {
    EXPECT_EQ(link("/proc/self"), pid());
    EXPECT_EQ(link("/proc/thread-self"), pid() + "/task/" + pid());
    std::ranges::copy("name"sv, p.task->name.begin());
    EXPECT_EQ(read("/proc/self/comm"), "name\n");
    EXPECT_TRUE(read("/proc/self/stat").starts_with(pid() + " (name) R 1 "));
    EXPECT_EQ(link("/proc/self/cwd"), "/");
    ASSERT_EQ(p.call(nr::chdir, "/tmp"sv), 0);
    EXPECT_EQ(link("/proc/self/cwd"), "/tmp");
    EXPECT_EQ(link("/proc/self/root"), "/");
    EXPECT_EQ(p.call(nr::access, "/proc/self/cwd/../dev/null"sv, 0), 0);
    auto const stat = read("/proc/self/stat");
    EXPECT_EQ(std::ranges::count(stat, ' '), 51); // 52 fields
}

TEST_F(Proc, ShowsWhatFreeAndUptimeRead) {
    EXPECT_NE(read("/proc/meminfo").find("MemTotal:       "), std::string::npos);
    EXPECT_TRUE(read("/proc/stat").starts_with("cpu  "));
    EXPECT_NE(read("/proc/uptime").find('.'), std::string::npos);
    EXPECT_EQ(read("/proc/loadavg").substr(0, 15), "0.00 0.00 0.00 ");
    EXPECT_TRUE(read("/proc/mounts").starts_with("tmpfs / tmpfs rw,relatime 0 0\n"));
    EXPECT_NE(read("/proc/self/mountinfo").find(" /proc rw,relatime - proc proc rw\n"),
              std::string::npos);
    EXPECT_EQ(read("/proc/sys/kernel/hostname"), "skerry\n");
    EXPECT_EQ(read("/proc/sys/kernel/pid_max"), "32768\n");
    EXPECT_EQ(read("/proc/sys/kernel/random/uuid").size(), 37u);
    EXPECT_NE(read("/proc/self/status").find("Uid:\t0\t0\t0\t0\n"), std::string::npos);
    EXPECT_NE(read("/proc/self/maps").find("00100000-00140000 rw-p"), std::string::npos);
    EXPECT_NE(read("/proc/self/limits").find("Max open files            1024 "), std::string::npos);
    EXPECT_TRUE(read("/proc/cpuinfo").starts_with("processor\t: 0\n"));
    EXPECT_EQ(read("/proc/none"), "error -2");
    EXPECT_EQ(read("/proc/99999/stat"), "error -2");
}

TEST_F(Proc, TellsOfMemoryPageByPage) {
    p.put(memory_start, 1);
    p.put(memory_start + 3 * page_bytes, 1);
    auto const smaps = read("/proc/self/smaps");
    auto const area = smaps.find("00100000-00140000 rw-p");
    ASSERT_NE(area, std::string::npos);
    EXPECT_NE(smaps.find("Size:                256 kB\n", area), std::string::npos);
    EXPECT_NE(smaps.find("VmFlags: rd wr mr mw me \n", area), std::string::npos);
    // The buffer that was read into is there too, by the time its own area is measured.
    auto const rss = smaps.find("Rss:", area);
    EXPECT_GE(std::stoi(smaps.substr(rss + 4)), 8);
    EXPECT_TRUE(read("/proc/self/smaps_rollup").find("[rollup]\nRss: ") != std::string::npos);
    // What was only promised costs nothing to look at.
    constexpr std::uint64_t mapped = memory_start + (std::uint64_t{1} << 44);
    EXPECT_TRUE(p.process->memory->map(
        {.start = mapped, .end = mapped + (std::uint64_t{1} << 45), .protection = access::none}));
    EXPECT_NE(read("/proc/self/smaps").find("Size:           34359738368 kB\n"), std::string::npos);
    EXPECT_EQ(std::ranges::count(read("/proc/self/statm"), ' '), 6);
}

TEST_F(Proc, KnowsWhatDescriptorsAre) {
    ASSERT_EQ(p.call(nr::open, "/tmp/file"sv, 0102, 0644), 0);
    p.put_text(memory_start, "12345");
    ASSERT_EQ(p.call(nr::write, 0, memory_start, 5), 5);
    auto const note = read("/proc/self/fdinfo/0");
    EXPECT_TRUE(note.starts_with("pos:\t5\nflags:\t0100002\nmnt_id:\t")) << note;
    EXPECT_EQ(list("/proc/self/fdinfo"), (std::set<std::string>{".", "..", "0", "1"}));
    EXPECT_EQ(read("/proc/self/fdinfo/9"), "error -2");
}

TEST_F(Proc, SparesWhoAsksForIt) {
    ASSERT_EQ(p.call(nr::open, "/proc/self/oom_score_adj"sv, 1), 0);
    auto const set = [&](std::string_view text) {
        p.put_text(memory_start, text);
        return *p.call(nr::write, 0, memory_start, text.size());
    };
    EXPECT_EQ(set("500\n"), 4);
    EXPECT_EQ(read("/proc/self/oom_score_adj"), "500\n");
    EXPECT_EQ(set("1001"), error(Errno::inval));
    EXPECT_EQ(set("5x"), error(Errno::inval));
    p.process->identity.effective = 0;
    EXPECT_EQ(set("600"), 3);
    EXPECT_EQ(set("599"), error(Errno::acces));
    EXPECT_EQ(read("/proc/self/oom_score_adj"), "600\n");
    EXPECT_EQ(read("/proc/self/loginuid"), "4294967295");
}

TEST_F(Proc, HasAllThatProgramsRead) {
    ASSERT_TRUE(mount_sys(system));
    for (auto const& name :
         {"interrupts"s, "vmstat"s, "diskstats"s, "swaps"s, "filesystems"s, "devices"s,
          "tty/drivers"s, "net/tcp"s, "net/unix"s, "net/dev"s, "net/if_inet6"s,
          "sys/net/core/somaxconn"s, "sys/kernel/pty/max"s, "self/auxv"s, "self/cgroup"s,
          "self/uid_map"s, "self/io"s, "self/personality"s, "self/task/" + pid() + "/stat"})
        EXPECT_FALSE(read("/proc/" + name).starts_with("error")) << name;
    EXPECT_EQ(read("/sys/devices/system/cpu/online"), "0\n");
    EXPECT_EQ(list("/sys/class/net"), (std::set<std::string>{".", ".."}));
    EXPECT_EQ(link("/proc/net"), "self/net");
}

TEST_F(Proc, FollowsOpenFiles) {
    ASSERT_EQ(p.call(nr::open, "/tmp/a file"sv, 0102, 0644), 0);
    EXPECT_EQ(link("/proc/self/fd/0"), "/tmp/a file");
    ASSERT_EQ(p.call(nr::pipe, memory_start), 0);
    EXPECT_TRUE(link("/proc/self/fd/1").starts_with("pipe:["));
    EXPECT_EQ(link("/proc/self/fd/7"), "error -2");
    EXPECT_EQ(list("/proc/self/fd"), (std::set<std::string>{".", "..", "0", "1", "2", "3"}));
    // Opening one makes a new file on the same thing.
    ASSERT_EQ(p.call(nr::open, "/dev/fd/2"sv, 1), 3);
    p.put_text(memory_start, "through /dev");
    EXPECT_EQ(p.call(nr::write, 3, memory_start, 12), 12);
    EXPECT_EQ(p.call(nr::read, 1, memory_start, 50), 12);
    EXPECT_EQ(p.call(nr::unlink, "/tmp/a file"sv), 0);
    EXPECT_EQ(link("/proc/self/fd/0"), "/tmp/a file (deleted)");
    EXPECT_EQ(p.call(nr::open, "/proc/self/fd/0"sv, 0), 4); // gone by name, yet here
}

TEST_F(Proc, GuardsOtherUsersPrograms) {
    auto other = program();
    auto& identity = p.process->identity;
    identity.uid = identity.euid = identity.fsuid = 5;
    identity.effective = identity.permitted = 0;
    auto const path = "/proc/" + std::to_string(other.process->pid);
    EXPECT_EQ(link(path + "/cwd"), "error -13");
    EXPECT_EQ(read(path + "/environ"), "error -13");
    EXPECT_TRUE(read(path + "/stat").starts_with(std::to_string(other.process->pid)));
    EXPECT_EQ(link("/proc/self/cwd"), "/");
}

TEST_F(Proc, ForgetsWhoHasEnded) {
    auto other = program();
    auto const pid_text = std::to_string(other.process->pid);
    auto const fd = *p.call(nr::open, std::string_view("/proc/" + pid_text + "/status"), 0);
    ASSERT_GE(fd, 0);
    ASSERT_EQ(p.call(nr::chdir, std::string_view("/proc/" + pid_text)), 0);
    end_process(*other.process, 0);
    bury(system); // process 1 has reaped it
    EXPECT_EQ(p.call(nr::read, fd, memory_start, 100), error(Errno::srch));
    EXPECT_EQ(p.call(nr::open, "status"sv, 0), error(Errno::noent));
    EXPECT_FALSE(list("/proc").contains(pid_text));
}

TEST_F(Proc, CannotBeChanged) {
    EXPECT_EQ(p.call(nr::open, "/proc/x"sv, 0101, 0644), error(Errno::noent));
    EXPECT_EQ(p.call(nr::mkdir, "/proc/x"sv, 0755), error(Errno::noent));
    EXPECT_EQ(p.call(nr::unlink, "/proc/uptime"sv), error(Errno::perm));
    EXPECT_EQ(p.call(nr::rename, "/proc/uptime"sv, "/proc/x"sv), error(Errno::perm));
    EXPECT_EQ(p.call(nr::chmod, "/proc/uptime"sv, 0), error(Errno::perm));
    ASSERT_EQ(p.call(nr::open, "/proc/uptime"sv, 1), 0);
    EXPECT_EQ(p.call(nr::write, 0, memory_start, 1), error(Errno::io));
    ASSERT_EQ(p.call(nr::open, "/proc/sys/kernel/hostname"sv, 1), 1);
    p.put_text(memory_start, "rock\n");
    EXPECT_EQ(p.call(nr::write, 1, memory_start, 5), 5);
    EXPECT_EQ(read("/proc/sys/kernel/hostname"), "rock\n");
}

} // namespace
} // namespace personality::testing
