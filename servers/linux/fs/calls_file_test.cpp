// System calls on files, made by a program: descriptors, positions, sizes, and the errors of each.

#include <servers/linux/fs/testing/programs.hpp>

namespace personality::testing {
namespace {

using namespace std::string_view_literals;

class FileCalls : public Programs {
protected:
    FakeProgram p = program();

    std::int64_t open(std::string_view path, std::uint32_t flags, int mode = 0644) {
        return *p.call(nr::open, path, flags, mode);
    }
    std::int64_t write(std::int64_t fd, std::string_view text) {
        p.put_text(memory_start, text);
        return *p.call(nr::write, fd, memory_start, text.size());
    }
    std::string read(std::int64_t fd, std::size_t most) {
        auto const count = *p.call(nr::read, fd, memory_start, most);
        return count < 0 ? "error" : p.text(memory_start, static_cast<std::size_t>(count));
    }
    std::string contents(std::string_view path) {
        auto const fd = open(path, open_flag::read_only);
        auto const text = read(fd, 100'000);
        p.call(nr::close, fd);
        return text;
    }
};

constexpr auto rw = open_flag::read_write, wo = open_flag::write_only, creat = open_flag::create;

TEST_F(FileCalls, OpenWriteSeekRead) {
    auto const fd = open("/tmp/f", rw | creat);
    ASSERT_EQ(fd, 0);
    EXPECT_EQ(write(fd, "hello world"), 11);
    EXPECT_EQ(read(fd, 10), "");
    EXPECT_EQ(p.call(nr::lseek, fd, 6, 0), 6);
    EXPECT_EQ(read(fd, 100), "world");
    EXPECT_EQ(p.call(nr::lseek, fd, -5, 2), 6);
    EXPECT_EQ(p.call(nr::lseek, fd, -100, 1), error(Errno::inval));
    EXPECT_EQ(p.call(nr::lseek, fd, 0, 9), error(Errno::inval));
    EXPECT_EQ(p.call(nr::lseek, fd, 1 << 20, 1), 6 + (1 << 20));
    EXPECT_EQ(read(fd, 10), "");
    EXPECT_EQ(p.call(nr::pread64, fd, memory_start, 5, 0), 5);
    EXPECT_EQ(p.text(memory_start, 5), "hello");
    EXPECT_EQ(p.call(nr::pread64, fd, memory_start, 5, -1), error(Errno::inval));
    EXPECT_EQ(p.call(nr::lseek, fd, 0, 3), 0);  // SEEK_DATA
    EXPECT_EQ(p.call(nr::lseek, fd, 0, 4), 11); // SEEK_HOLE
    EXPECT_EQ(p.call(nr::lseek, fd, 11, 3), error(Errno::nxio));
}

TEST_F(FileCalls, OpenWithEachFlag) {
    EXPECT_EQ(open("/tmp/f", wo), error(Errno::noent));
    EXPECT_EQ(open("/tmp/f", wo | creat | open_flag::exclusive), 0);
    EXPECT_EQ(open("/tmp/f", wo | creat | open_flag::exclusive), error(Errno::exist));
    write(0, "text");
    EXPECT_EQ(open("/tmp/f", wo | open_flag::append), 1);
    EXPECT_EQ(write(1, "+more"), 5);
    EXPECT_EQ(contents("/tmp/f"), "text+more");
    EXPECT_EQ(open("/tmp/f", wo | open_flag::truncate), 2);
    EXPECT_EQ(contents("/tmp/f"), "");
    EXPECT_EQ(open("/tmp", wo), error(Errno::isdir));
    EXPECT_EQ(open("/tmp", open_flag::read_only | creat), error(Errno::isdir));
    EXPECT_EQ(open("/tmp/", rw | creat), error(Errno::isdir));
    EXPECT_EQ(open("/tmp/new/", rw | creat), error(Errno::isdir));
    EXPECT_EQ(open("/tmp/f", open_flag::folder), error(Errno::notdir));
    EXPECT_EQ(open("/tmp/f/", 0), error(Errno::notdir));
    ASSERT_EQ(p.call(nr::symlink, "f"sv, "/tmp/s"sv), 0);
    EXPECT_EQ(open("/tmp/s", open_flag::no_follow), error(Errno::loop));
    EXPECT_EQ(open("/tmp/s", wo | creat | open_flag::exclusive), error(Errno::exist));
    EXPECT_EQ(open("/tmp/s", 0), 3);
    ASSERT_EQ(p.call(nr::symlink, "made"sv, "/tmp/d"sv), 0);
    EXPECT_EQ(open("/tmp/d", wo | creat), 4); // through the dangling link
    EXPECT_EQ(p.call(nr::access, "/tmp/made"sv, 0), 0);
}

TEST_F(FileCalls, OpenForThePathAlone) {
    ASSERT_EQ(open("/tmp/f", wo | creat, 0), 0);
    ASSERT_EQ(p.call(nr::symlink, "f"sv, "/tmp/s"sv), 0);
    EXPECT_EQ(open("/tmp/s", open_flag::path | open_flag::no_follow), 1);
    EXPECT_EQ(p.call(nr::read, 1, memory_start, 1), error(Errno::badf));
    EXPECT_EQ(p.call(nr::fchmod, 1, 0777), error(Errno::badf));
    EXPECT_EQ(p.call(nr::fstat, 1, memory_start), 0);
    EXPECT_EQ(p.get<std::uint32_t>(memory_start + 24) >> 12, 10u);
    EXPECT_EQ(p.call(nr::readlinkat, 1, ""sv, memory_start, 100), 1);
    EXPECT_EQ(p.text(memory_start, 1), "f");
    EXPECT_EQ(open("/tmp", open_flag::path), 2);
    EXPECT_EQ(p.call(nr::openat, 2, "f"sv, wo), 3);
    EXPECT_EQ(p.call(nr::fcntl, 2, 3), open_flag::path);
}

TEST_F(FileCalls, MakeFilesWithoutAName) {
    constexpr auto linkat_empty = at_flag::empty_path;
    EXPECT_EQ(open("/tmp", open_flag::temporary), error(Errno::inval));
    ASSERT_EQ(open("/tmp", open_flag::temporary | rw, 0600), 0);
    EXPECT_EQ(write(0, "secret"), 6);
    p.call(nr::fstat, 0, memory_start);
    EXPECT_EQ(p.get<std::uint64_t>(memory_start + 16), 0u); // no links
    EXPECT_EQ(p.call(nr::linkat, 0, ""sv, -100, "/tmp/named"sv, linkat_empty), 0);
    EXPECT_EQ(contents("/tmp/named"), "secret");
    ASSERT_EQ(open("/tmp", open_flag::temporary | rw | open_flag::exclusive, 0600), 1);
    EXPECT_EQ(p.call(nr::linkat, 1, ""sv, -100, "/tmp/other"sv, linkat_empty), error(Errno::noent));
}

TEST_F(FileCalls, KeepAFileThatWasUnlinked) {
    ASSERT_EQ(open("/tmp/f", rw | creat), 0);
    write(0, "still here");
    auto const nodes = files.mounts.root().inode().volume.statistics().nodes_free;
    EXPECT_EQ(p.call(nr::unlink, "/tmp/f"sv), 0);
    p.call(nr::lseek, 0, 0, 0);
    EXPECT_EQ(read(0, 100), "still here");
    EXPECT_EQ(files.mounts.root().inode().volume.statistics().nodes_free, nodes);
    EXPECT_EQ(p.call(nr::close, 0), 0);
    EXPECT_EQ(files.mounts.root().inode().volume.statistics().nodes_free, nodes + 1);
}

TEST_F(FileCalls, ShareAPositionAfterDup) {
    ASSERT_EQ(open("/tmp/f", rw | creat), 0);
    EXPECT_EQ(p.call(nr::dup, 0), 1);
    EXPECT_EQ(p.call(nr::dup2, 0, 5), 5);
    EXPECT_EQ(p.call(nr::dup2, 0, 0), 0);
    EXPECT_EQ(p.call(nr::dup3, 0, 0, 0), error(Errno::inval));
    EXPECT_EQ(p.call(nr::dup3, 0, 6, open_flag::close_on_exec), 6);
    EXPECT_EQ(p.call(nr::dup2, 0, 1024), error(Errno::badf));
    EXPECT_EQ(p.call(nr::dup2, 99, 99), error(Errno::badf));
    EXPECT_EQ(write(0, "one"), 3);
    EXPECT_EQ(write(5, "two"), 3);
    EXPECT_EQ(contents("/tmp/f"), "onetwo");
    EXPECT_EQ(p.call(nr::fcntl, 6, 1), 1);    // F_GETFD
    EXPECT_EQ(p.call(nr::fcntl, 0, 0, 3), 3); // F_DUPFD from 3 on
    EXPECT_EQ(p.call(nr::fcntl, 0, 0, 5), 7);
    EXPECT_EQ(p.call(nr::fcntl, 0, 0, 5000), error(Errno::inval));
    EXPECT_EQ(p.call(nr::fcntl, 0, 1030, 0), 2);
    EXPECT_EQ(p.call(nr::close_range, 3, ~0U, 4), 0);
    p.task->descriptors->close_on_exec();
    EXPECT_EQ(p.call(nr::fcntl, 3, 1), error(Errno::badf));
    EXPECT_EQ(p.call(nr::fcntl, 2, 1), error(Errno::badf));
    EXPECT_EQ(p.call(nr::fcntl, 1, 1), 0);
}

TEST_F(FileCalls, RunOutOfDescriptors) {
    p.process->limits[Limit::nofile].soft = 4;
    for (int fd = 0; fd < 4; fd++) ASSERT_EQ(open("/dev/null", 0), fd);
    EXPECT_EQ(open("/tmp/never", wo | creat), error(Errno::mfile));
    EXPECT_EQ(p.call(nr::access, "/tmp/never"sv, 0), error(Errno::noent));
    EXPECT_EQ(p.call(nr::dup, 0), error(Errno::mfile));
    EXPECT_EQ(p.call(nr::close, 2), 0);
    EXPECT_EQ(p.call(nr::pipe2, memory_start, 0), error(Errno::mfile));
    EXPECT_EQ(open("/dev/null", 0), 2);
}

TEST_F(FileCalls, SetFlags) {
    ASSERT_EQ(open("/tmp/f", rw | creat | open_flag::append), 0);
    EXPECT_EQ(p.call(nr::fcntl, 0, 3), 02 | 02000 | 0100000);
    EXPECT_EQ(p.call(nr::fcntl, 0, 4, open_flag::nonblock), 0);
    EXPECT_EQ(p.call(nr::fcntl, 0, 3), 02 | 04000 | 0100000);
    EXPECT_EQ(p.call(nr::fcntl, 0, 999), error(Errno::inval));
}

TEST_F(FileCalls, MoveVectors) {
    ASSERT_EQ(open("/tmp/f", rw | creat), 0);
    p.put_text(memory_start + 0x100, "abcdef");
    struct Vector {
        std::uint64_t base, bytes;
    };
    p.put(memory_start, std::array{Vector{memory_start + 0x100, 3}, Vector{0, 0},
                                   Vector{memory_start + 0x103, 3}});
    EXPECT_EQ(p.call(nr::writev, 0, memory_start, 3), 6);
    EXPECT_EQ(contents("/tmp/f"), "abcdef");
    p.put(memory_start,
          std::array{Vector{memory_start + 0x200, 2}, Vector{memory_start + 0x300, 9}});
    EXPECT_EQ(p.call(nr::preadv, 0, memory_start, 2, 1), 5);
    EXPECT_EQ(p.text(memory_start + 0x200, 2), "bc");
    EXPECT_EQ(p.text(memory_start + 0x300, 3), "def");
    EXPECT_EQ(p.call(nr::writev, 0, memory_start, 1025), error(Errno::inval));
    EXPECT_EQ(p.call(nr::writev, 0, 0, 1), error(Errno::fault));
}

TEST_F(FileCalls, ReportAPartialTransferBeforeAFault) {
    ASSERT_EQ(open("/tmp/f", rw | creat), 0);
    auto const end = memory_start + memory_size;
    EXPECT_EQ(p.call(nr::write, 0, end - 10, 100), 10);
    EXPECT_EQ(p.call(nr::write, 0, end, 100), error(Errno::fault));
    EXPECT_EQ(p.call(nr::lseek, 0, 0, 0), 0);
    EXPECT_EQ(p.call(nr::read, 0, end - 4, 100), 4);
    EXPECT_EQ(p.call(nr::read, 0, end, 100), error(Errno::fault));
}

TEST_F(FileCalls, ChangeSizes) {
    ASSERT_EQ(open("/tmp/f", rw | creat), 0);
    write(0, "0123456789");
    EXPECT_EQ(p.call(nr::ftruncate, 0, 4), 0);
    EXPECT_EQ(p.call(nr::truncate, "/tmp/f"sv, 6), 0);
    EXPECT_EQ(contents("/tmp/f"), "0123\0\0"sv);
    EXPECT_EQ(p.call(nr::ftruncate, 0, -1), error(Errno::inval));
    EXPECT_EQ(p.call(nr::truncate, "/tmp"sv, 0), error(Errno::isdir));
    EXPECT_EQ(p.call(nr::truncate, "/dev/null"sv, 0), error(Errno::inval));
    EXPECT_EQ(p.call(nr::fallocate, 0, 0, 0, 8192), 0);
    EXPECT_EQ(p.call(nr::lseek, 0, 0, 2), 8192);
    EXPECT_EQ(p.call(nr::fallocate, 0, 1, 8192, 4096), 0); // KEEP_SIZE
    EXPECT_EQ(p.call(nr::lseek, 0, 0, 2), 8192);
    EXPECT_EQ(p.call(nr::fallocate, 0, 3, 0, 4), 0); // PUNCH_HOLE
    EXPECT_EQ(p.call(nr::fallocate, 0, 2, 0, 4), error(Errno::opnotsupp));
    EXPECT_EQ(p.call(nr::fallocate, 0, 0, 0, 0), error(Errno::inval));
    EXPECT_EQ(p.call(nr::fallocate, 0, 0, 0, 1ULL << 50), error(Errno::nospc));
    p.process->limits[Limit::fsize].soft = 10'000;
    p.task->blocked_signals.add(Signal::xfsz);
    EXPECT_EQ(p.call(nr::ftruncate, 0, 10'001), error(Errno::fbig));
    EXPECT_EQ(p.call(nr::pwrite64, 0, memory_start, 100, 9'950), 50);
    EXPECT_EQ(p.call(nr::pwrite64, 0, memory_start, 100, 10'000), error(Errno::fbig));
    EXPECT_TRUE(p.task->pending.set().has(Signal::xfsz));
}

TEST_F(FileCalls, CopyFromFileToFile) {
    ASSERT_EQ(open("/tmp/from", rw | creat), 0);
    ASSERT_EQ(open("/tmp/to", rw | creat), 1);
    auto const text = std::string(10'000, 'x') + std::string(1'000, 'y');
    write(0, text);
    p.put(memory_start, std::int64_t{9'990});
    EXPECT_EQ(p.call(nr::sendfile, 1, 0, memory_start, 20), 20);
    EXPECT_EQ(p.get<std::int64_t>(memory_start), 10'010);
    EXPECT_EQ(contents("/tmp/to"), std::string(10, 'x') + std::string(10, 'y'));
    p.call(nr::lseek, 0, 0, 0);
    EXPECT_EQ(p.call(nr::sendfile, 1, 0, 0, 1'000'000), 11'000);
    EXPECT_EQ(p.call(nr::sendfile, 1, 0, 0, 1'000'000), 0);
    p.call(nr::lseek, 0, 0, 0);
    p.call(nr::ftruncate, 1, 0), p.call(nr::lseek, 1, 0, 0);
    EXPECT_EQ(p.call(nr::copy_file_range, 0, 0, 1, 0, 1'000'000, 0), 11'000);
    EXPECT_EQ(contents("/tmp/to"), text);
    EXPECT_EQ(p.call(nr::copy_file_range, 0, 0, 0, 0, 10, 0), error(Errno::inval));
    EXPECT_EQ(p.call(nr::copy_file_range, 0, 0, 1, 0, 10, 1), error(Errno::inval));
    ASSERT_EQ(open("/dev/null", rw), 2);
    EXPECT_EQ(p.call(nr::sendfile, 1, 2, 0, 10), error(Errno::inval));
}

TEST_F(FileCalls, SendAFileThroughAFullPipe) {
    ASSERT_EQ(open("/tmp/big", rw | creat), 0);
    ASSERT_EQ(p.call(nr::ftruncate, 0, 150'000), 0);
    ASSERT_EQ(p.call(nr::pipe, memory_start), 0);
    auto other = twin(p);
    EXPECT_EQ(p.call(nr::sendfile, 2, 0, 0, 150'000), std::nullopt);
    std::int64_t got = 0;
    while (got < 150'000) {
        auto const bytes = other.call(nr::read, 1, memory_start, 10'000);
        ASSERT_TRUE(bytes && *bytes > 0);
        got += *bytes;
        p.answer();
    }
    EXPECT_EQ(p.answer(), 150'000);
    EXPECT_EQ(got, 150'000);
}

TEST_F(FileCalls, LockRecords) {
    ASSERT_EQ(open("/tmp/f", rw | creat), 0);
    auto other = twin(p);
    struct Lock {
        std::int16_t type, whence;
        std::int32_t padding;
        std::int64_t start, length;
        std::int32_t pid, tail;
    };
    constexpr int get = 5, set = 6, set_wait = 7;
    constexpr std::int16_t shared = 0, exclusive = 1, unlock = 2;
    auto const lock = [](FakeProgram& who, int command, std::int16_t type, std::int64_t start,
                         std::int64_t length) {
        who.put(memory_start, Lock{type, 0, 0, start, length, 0, 0});
        return who.call(nr::fcntl, 0, command, memory_start);
    };
    EXPECT_EQ(lock(p, set, exclusive, 10, 10), 0);
    EXPECT_EQ(lock(p, set, exclusive, 0, 100), 0); // one's own are no obstacle
    EXPECT_EQ(lock(p, set, unlock, 40, 20), 0);
    EXPECT_EQ(lock(other, set, shared, 45, 10), 0);
    EXPECT_EQ(lock(other, set, shared, 30, 20), error(Errno::again));
    EXPECT_EQ(lock(other, get, shared, 30, 20), 0);
    auto const found = other.get<Lock>(memory_start);
    EXPECT_EQ(found.type, exclusive);
    EXPECT_EQ(found.start, 0);
    EXPECT_EQ(found.length, 40);
    EXPECT_EQ(found.pid, p.process->pid);
    EXPECT_EQ(lock(other, get, shared, 41, 1), 0);
    EXPECT_EQ(other.get<Lock>(memory_start).type, unlock);
    EXPECT_EQ(lock(other, set_wait, exclusive, 0, 0), std::nullopt);
    EXPECT_EQ(lock(p, set, unlock, 0, 40), 0);
    EXPECT_EQ(other.answer(), std::nullopt);
    ASSERT_EQ(open("/tmp/f", 0), 1);
    EXPECT_EQ(p.call(nr::close, 1), 0); // any descriptor of the file takes all locks with it
    EXPECT_EQ(other.answer(), 0);
    EXPECT_EQ(lock(p, set, shared, 5, 1), error(Errno::again));
    EXPECT_EQ(lock(p, set, 7, 0, 0), error(Errno::inval));
    EXPECT_EQ(lock(p, set, exclusive, -5, 1), error(Errno::inval));
}

TEST_F(FileCalls, LockWholeFiles) {
    ASSERT_EQ(open("/tmp/f", rw | creat), 0);
    ASSERT_EQ(open("/tmp/f", rw), 1);
    constexpr int shared = 1, exclusive = 2, at_once = 4, unlock = 8;
    EXPECT_EQ(p.call(nr::flock, 0, shared), 0);
    EXPECT_EQ(p.call(nr::flock, 1, shared), 0);
    EXPECT_EQ(p.call(nr::flock, 0, exclusive | at_once), error(Errno::again));
    EXPECT_EQ(p.call(nr::flock, 1, unlock), 0);
    EXPECT_EQ(p.call(nr::flock, 0, exclusive | at_once), 0);
    auto other = twin(p);
    EXPECT_EQ(other.call(nr::flock, 1, exclusive), std::nullopt);
    EXPECT_EQ(p.call(nr::close, 0), 0);
    EXPECT_EQ(other.answer(), std::nullopt); // the twin's descriptor keeps the file
    EXPECT_EQ(twin(other).call(nr::flock, 0, unlock), 0);
    EXPECT_EQ(other.answer(), 0);
    EXPECT_EQ(p.call(nr::flock, 1, 3), error(Errno::inval));
}

} // namespace
} // namespace personality::testing
