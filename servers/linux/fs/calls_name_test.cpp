// System calls on names and attributes, made by a program.

#include <servers/linux/fs/stat_layout.hpp>
#include <servers/linux/fs/testing/programs.hpp>

#include <set>

namespace personality::testing {
namespace {

using namespace std::string_view_literals;

class NameCalls : public Programs {
protected:
    FakeProgram p = program();

    void become(std::uint32_t user) {
        auto& identity = p.process->identity;
        identity.uid = identity.euid = identity.suid = identity.fsuid = user;
        identity.gid = identity.egid = identity.sgid = identity.fsgid = user;
        identity.effective = identity.permitted = 0;
    }
    StatWords stat(std::string_view path) {
        EXPECT_EQ(p.call(nr::stat, path, memory_start), 0);
        return p.get<StatWords>(memory_start);
    }
};

TEST_F(NameCalls, StandSomewhere) {
    EXPECT_EQ(p.call(nr::mkdir, "/tmp/a"sv, 0777), 0);
    EXPECT_EQ(p.call(nr::chdir, "/tmp/a"sv), 0);
    EXPECT_EQ(p.call(nr::getcwd, memory_start, 100), 7);
    EXPECT_EQ(p.text(memory_start, 7), "/tmp/a\0"sv);
    EXPECT_EQ(p.call(nr::getcwd, memory_start, 6), error(Errno::range));
    EXPECT_EQ(p.call(nr::getcwd, 8, 100), error(Errno::fault));
    EXPECT_EQ(p.call(nr::rmdir, "../a"sv), 0);
    EXPECT_EQ(p.call(nr::getcwd, memory_start, 100), error(Errno::noent));
    EXPECT_EQ(p.call(nr::mkdir, "x"sv, 0777), error(Errno::noent));
    EXPECT_EQ(p.call(nr::chdir, ".."sv), 0);
    EXPECT_EQ(p.call(nr::open, "/tmp"sv, 0), 0);
    EXPECT_EQ(p.call(nr::chdir, "/"sv), 0);
    EXPECT_EQ(p.call(nr::fchdir, 0), 0);
    EXPECT_EQ(p.call(nr::getcwd, memory_start, 100), 5);
    EXPECT_EQ(p.call(nr::chdir, "/dev/null"sv), error(Errno::notdir));
    EXPECT_EQ(p.call(nr::chdir, ""sv), error(Errno::noent));
    EXPECT_EQ(p.call(nr::chdir, 0), error(Errno::fault));
}

TEST_F(NameCalls, LookFromADescriptor) {
    EXPECT_EQ(p.call(nr::open, "/tmp"sv, open_flag::folder), 0);
    EXPECT_EQ(p.call(nr::mkdirat, 0, "d"sv, 0777), 0);
    EXPECT_EQ(p.call(nr::openat, 0, "d/f"sv, 0102, 0600), 1);
    EXPECT_EQ(p.call(nr::openat, 1, "x"sv, 0), error(Errno::notdir));
    EXPECT_EQ(p.call(nr::openat, 9, "x"sv, 0), error(Errno::badf));
    EXPECT_EQ(p.call(nr::openat, 9, "/tmp"sv, 0), 2); // absolute: nobody looks at it
    EXPECT_EQ(p.call(nr::newfstatat, 1, ""sv, memory_start, 0), error(Errno::noent));
    EXPECT_EQ(p.call(nr::newfstatat, 1, ""sv, memory_start, 0x1000), 0);
    EXPECT_EQ(p.get<StatWords>(memory_start).mode, 0100600u);
    EXPECT_EQ(p.call(nr::newfstatat, 1, ""sv, memory_start, 0x80000), error(Errno::inval));
    EXPECT_EQ(p.call(nr::unlinkat, 0, "d"sv, 0), error(Errno::isdir));
    EXPECT_EQ(p.call(nr::unlinkat, 0, "d"sv, 0x200), error(Errno::notempty));
    EXPECT_EQ(p.call(nr::renameat, 0, "d/f"sv, 0, "f"sv), 0);
    EXPECT_EQ(p.call(nr::unlinkat, 0, "d"sv, 0x200), 0);
    EXPECT_EQ(p.call(nr::unlinkat, 0, "f"sv, 1), error(Errno::inval));
}

TEST_F(NameCalls, ReadLinks) {
    EXPECT_EQ(p.call(nr::symlink, "some/target"sv, "/tmp/s"sv), 0);
    EXPECT_EQ(p.call(nr::symlink, ""sv, "/tmp/t"sv), error(Errno::noent));
    EXPECT_EQ(p.call(nr::readlink, "/tmp/s"sv, memory_start, 100), 11);
    EXPECT_EQ(p.call(nr::readlink, "/tmp/s"sv, memory_start, 4), 4);
    EXPECT_EQ(p.text(memory_start, 4), "some");
    EXPECT_EQ(p.call(nr::readlink, "/tmp"sv, memory_start, 4), error(Errno::inval));
    EXPECT_EQ(p.call(nr::readlink, "/tmp/s"sv, memory_start, 0), error(Errno::inval));
    EXPECT_EQ(p.call(nr::lstat, "/tmp/s"sv, memory_start), 0);
    EXPECT_EQ(p.get<StatWords>(memory_start).size, 11);
    EXPECT_EQ(p.call(nr::stat, "/tmp/s"sv, memory_start), error(Errno::noent));
}

TEST_F(NameCalls, TellOfFiles) {
    EXPECT_EQ(p.call(nr::creat, "/tmp/f"sv, 0666), 0);
    EXPECT_EQ(p.call(nr::write, 0, memory_start, 5000), 5000);
    auto const f = stat("/tmp/f");
    EXPECT_EQ(f.mode, 0100644u); // the umask is 022
    EXPECT_EQ(f.size, 5000);
    EXPECT_EQ(f.blocks, 16);
    EXPECT_EQ(f.links, 1u);
    EXPECT_EQ(f.modified, 1'700'000'000);
    auto const null = stat("/dev/null");
    EXPECT_EQ(null.mode, 0020666u);
    EXPECT_EQ(null.stands_for, 0x103u);
    EXPECT_EQ(p.call(nr::link, "/tmp/f"sv, "/tmp/g"sv), 0);
    EXPECT_EQ(stat("/tmp/g").number, f.number);
    EXPECT_EQ(stat("/tmp/g").links, 2u);
    EXPECT_EQ(p.call(nr::statx, -100, "/tmp/f"sv, 0, 0xfff, memory_start), 0);
    auto const x = p.get<StatxWords>(memory_start);
    EXPECT_EQ(x.mode, 0100644);
    EXPECT_EQ(x.size, 5000u);
    EXPECT_EQ(x.number, f.number);
    EXPECT_EQ(x.born.seconds, 1'700'000'000);
    EXPECT_EQ(p.call(nr::statfs, "/tmp"sv, memory_start), 0);
    EXPECT_EQ(p.get<StatfsWords>(memory_start).magic, 0x01021994);
    EXPECT_EQ(p.call(nr::getxattr, "/tmp/f"sv, "user.x"sv, memory_start, 10),
              error(Errno::opnotsupp));
    EXPECT_EQ(p.call(nr::getxattr, "/tmp/none"sv, "user.x"sv, memory_start, 10),
              error(Errno::noent));
}

TEST_F(NameCalls, ListFolders) {
    EXPECT_EQ(p.call(nr::mkdir, "/tmp/d"sv, 0777), 0);
    std::set<std::string> names{".", ".."};
    for (int i = 0; i < 40; i++) {
        auto const name = "file" + std::to_string(i);
        EXPECT_EQ(p.call(nr::mknod, std::string_view("/tmp/d/" + name), 0644, 0), 0);
        names.insert(name);
    }
    ASSERT_EQ(p.call(nr::open, "/tmp/d"sv, open_flag::folder), 0);
    EXPECT_EQ(p.call(nr::getdents64, 0, memory_start, 10), error(Errno::inval));
    EXPECT_EQ(p.call(nr::getdents64, 0, 16, 1000), error(Errno::fault));
    std::set<std::string> seen;
    while (true) {
        auto const bytes = *p.call(nr::getdents64, 0, memory_start, 200);
        ASSERT_GE(bytes, 0);
        if (bytes == 0) break;
        for (std::int64_t at = 0; at < bytes;) {
            auto const start = memory_start + static_cast<std::uint64_t>(at);
            auto const length = p.get<std::uint16_t>(start + 16);
            auto const text = p.text(start + 19, length - 19u);
            EXPECT_TRUE(seen.insert(text.c_str()).second);
            EXPECT_EQ(p.get<std::uint8_t>(start + 18), text[0] == '.' ? 4 : 8);
            at += length;
        }
    }
    EXPECT_EQ(seen, names);
    EXPECT_EQ(p.call(nr::lseek, 0, 0, 0), 0);
    EXPECT_GT(*p.call(nr::getdents, 0, memory_start, 200), 0);
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 1), error(Errno::isdir));
}

TEST_F(NameCalls, CheckAccess) {
    EXPECT_EQ(p.call(nr::creat, "/tmp/f"sv, 0600), 0);
    EXPECT_EQ(p.call(nr::access, "/tmp/f"sv, 6), 0);
    EXPECT_EQ(p.call(nr::access, "/tmp/f"sv, 1), error(Errno::acces)); // not even for root
    EXPECT_EQ(p.call(nr::access, "/tmp/f"sv, 8), error(Errno::inval));
    EXPECT_EQ(p.call(nr::access, "/tmp/none"sv, 0), error(Errno::noent));
    p.process->identity.uid = 7; // set-user-ID: access asks for the real user
    EXPECT_EQ(p.call(nr::access, "/tmp/f"sv, 4), error(Errno::acces));
    EXPECT_EQ(p.call(nr::faccessat2, -100, "/tmp/f"sv, 4, 0x200), 0);
    become(7);
    EXPECT_EQ(p.call(nr::open, "/tmp/f"sv, 0), error(Errno::acces));
    EXPECT_EQ(p.call(nr::chmod, "/tmp/f"sv, 0666), error(Errno::perm));
    EXPECT_EQ(p.call(nr::mknod, "/tmp/dev"sv, 0020666, 0x103), error(Errno::perm));
    EXPECT_EQ(p.call(nr::mknod, "/tmp/pipe"sv, 0010666, 0), 0);
    EXPECT_EQ(p.call(nr::chroot, "/tmp"sv), error(Errno::perm));
}

TEST_F(NameCalls, SetModesAndTimes) {
    EXPECT_EQ(p.call(nr::umask, 077), 022);
    EXPECT_EQ(p.call(nr::creat, "/tmp/f"sv, 0777), 0);
    EXPECT_EQ(stat("/tmp/f").mode, 0100700u);
    EXPECT_EQ(p.call(nr::chmod, "/tmp/f"sv, 04751), 0);
    EXPECT_EQ(stat("/tmp/f").mode, 0104751u);
    EXPECT_EQ(p.call(nr::chown, "/tmp/f"sv, 5, 6), 0);
    EXPECT_EQ(stat("/tmp/f").mode, 0100751u);
    EXPECT_EQ(stat("/tmp/f").user, 5u);
    p.put(memory_start, std::array<std::int64_t, 4>{-1, 5, 12'345'678'901, 999'999'999});
    EXPECT_EQ(p.call(nr::utimensat, -100, "/tmp/f"sv, memory_start, 0), 0);
    auto const f = stat("/tmp/f");
    EXPECT_EQ(f.accessed, -1);
    EXPECT_EQ(f.accessed_ns, 5);
    EXPECT_EQ(f.modified, 12'345'678'901);
    p.put(memory_start, std::array<std::int64_t, 4>{0, 0x3ffffffe, 0, 0x3fffffff});
    EXPECT_EQ(p.call(nr::utimensat, 0, 0, memory_start, 0), 0); // futimens: omit, now
    EXPECT_EQ(stat("/tmp/f").accessed, -1);
    EXPECT_EQ(stat("/tmp/f").modified, 1'700'000'000);
    p.put(memory_start, std::array<std::int64_t, 4>{0, 1'000'000'000, 0, 0});
    EXPECT_EQ(p.call(nr::utimensat, 0, 0, memory_start, 0), error(Errno::inval));
}

TEST_F(NameCalls, Mount) {
    EXPECT_EQ(p.call(nr::mkdir, "/mnt"sv, 0755), 0);
    EXPECT_EQ(p.call(nr::mount, "none"sv, "/mnt"sv, "nofs"sv, 0, 0), error(Errno::nodev));
    EXPECT_EQ(p.call(nr::mount, "none"sv, "/mnt"sv, "tmpfs"sv, 1, 0), 0);
    EXPECT_EQ(p.call(nr::mkdir, "/mnt/x"sv, 0755), error(Errno::rofs));
    EXPECT_EQ(p.call(nr::mount, "none"sv, "/mnt"sv, "tmpfs"sv, 32, 0), 0);
    EXPECT_EQ(p.call(nr::mkdir, "/mnt/x"sv, 0755), 0);
    EXPECT_EQ(p.call(nr::chdir, "/mnt/x"sv), 0);
    EXPECT_EQ(p.call(nr::umount2, "/mnt"sv, 0), error(Errno::busy));
    EXPECT_EQ(p.call(nr::chdir, "/"sv), 0);
    EXPECT_EQ(p.call(nr::umount2, "/mnt/x"sv, 0), error(Errno::inval));
    EXPECT_EQ(p.call(nr::mount, "/tmp"sv, "/mnt/x"sv, 0, 4096, 0), 0); // bind
    EXPECT_EQ(p.call(nr::mkdir, "/mnt/x/seen"sv, 0755), 0);
    EXPECT_EQ(p.call(nr::access, "/tmp/seen"sv, 0), 0);
    EXPECT_EQ(p.call(nr::umount2, "/mnt/x"sv, 0), 0);
    EXPECT_EQ(p.call(nr::umount2, "/mnt"sv, 0), 0);
}

TEST_F(NameCalls, UseDevices) {
    ASSERT_EQ(p.call(nr::open, "/dev/zero"sv, 2), 0);
    ASSERT_EQ(p.call(nr::open, "/dev/full"sv, 2), 1);
    ASSERT_EQ(p.call(nr::open, "/dev/null"sv, 2), 2);
    ASSERT_EQ(p.call(nr::open, "/dev/urandom"sv, 2), 3);
    p.put(memory_start, ~std::uint64_t{0});
    EXPECT_EQ(p.call(nr::read, 0, memory_start, 8), 8);
    EXPECT_EQ(p.get<std::uint64_t>(memory_start), 0u);
    EXPECT_EQ(p.call(nr::write, 1, memory_start, 8), error(Errno::nospc));
    EXPECT_EQ(p.call(nr::write, 2, memory_start, 8), 8);
    EXPECT_EQ(p.call(nr::read, 2, memory_start, 8), 0);
    EXPECT_EQ(p.call(nr::read, 3, memory_start, 100'000), std::nullopt); // others come in between
    pass_seconds(1);
    EXPECT_EQ(p.answer(), 100'000);
    EXPECT_NE(p.get<std::uint64_t>(memory_start), 0u);
    EXPECT_EQ(p.call(nr::lseek, 2, 100, 0), 0);
    EXPECT_EQ(p.call(nr::pread64, 0, memory_start, 8, 5), 8);
    EXPECT_EQ(p.call(nr::ftruncate, 2, 0), error(Errno::inval));
    EXPECT_EQ(p.call(nr::open, "/dev/tty"sv, 2), error(Errno::nxio));
    ASSERT_EQ(p.call(nr::mknod, "/tmp/nothing"sv, 0020666, 0x9999), 0);
    EXPECT_EQ(p.call(nr::open, "/tmp/nothing"sv, 2), error(Errno::nxio));
    ASSERT_EQ(p.call(nr::eventfd2, 3, open_flag::nonblock), 4);
    EXPECT_EQ(p.call(nr::read, 4, memory_start, 8), 8);
    EXPECT_EQ(p.get<std::uint64_t>(memory_start), 3u);
    EXPECT_EQ(p.call(nr::read, 4, memory_start, 8), error(Errno::again));
    EXPECT_EQ(p.call(nr::write, 4, memory_start, 8), 8);
    EXPECT_EQ(p.call(nr::read, 4, memory_start, 4), error(Errno::inval));
}

} // namespace
} // namespace personality::testing
