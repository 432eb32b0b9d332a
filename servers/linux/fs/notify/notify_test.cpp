#include <servers/linux/fs/notify/notify_file.hpp>

#include <servers/linux/fs/proc/proc_volume.hpp>
#include <servers/linux/fs/testing/programs.hpp>

#include <format>

namespace personality::testing {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t init1 = 294, add_watch = 254, rm_watch = 255;

class Notify : public Programs {
protected:
    FakeProgram p = program();
    std::int64_t fd = 0;

    void SetUp() override {
        fd = *p.call(init1, open_flag::nonblock);
        ASSERT_EQ(p.call(nr::mkdir, "/tmp/d"sv, 0755), 0);
    }
    std::optional<std::int64_t> watch(std::string_view path, std::uint32_t mask) {
        return p.call(add_watch, fd, path, mask);
    }
    void touch(std::string_view path) {
        auto const file = p.call(nr::open, path, 0101, 0644);
        ASSERT_GE(*file, 0);
        p.call(nr::close, *file);
    }
    /// "wd:mask:name" of each event.
    std::string events() {
        std::string text;
        auto const bytes = *p.call(nr::read, fd, memory_start, 64 * 1024);
        for (std::int64_t at = 0; at < bytes;) {
            auto const event = memory_start + static_cast<UserAddress>(at);
            auto const length = p.get<std::uint32_t>(event + 12);
            auto const name = length != 0 ? p.text(event + 16, length) : std::string();
            text += std::format("{}:{:x}:{} ", p.get<std::int32_t>(event),
                                p.get<std::uint32_t>(event + 4), name.c_str());
            at += 16 + length;
        }
        return text;
    }
};

TEST_F(Notify, TellsOfWhatHappensInAFolder) {
    EXPECT_EQ(watch("/tmp/d", notify_event::all), 1);
    touch("/tmp/d/a");
    EXPECT_EQ(events(), "1:100:a 1:20:a 1:8:a ");
    EXPECT_EQ(p.call(nr::rename, "/tmp/d/a"sv, "/tmp/d/b"sv), 0);
    EXPECT_EQ(events(), "1:40:a 1:80:b ");
    EXPECT_EQ(p.call(nr::unlink, "/tmp/d/b"sv), 0);
    EXPECT_EQ(p.call(nr::rmdir, "/tmp/d"sv), 0);
    EXPECT_EQ(events(), "1:200:b 1:400: 1:8000: ");
}

TEST_F(Notify, WatchesEndWithTheirFileItsVolumeAndTheInstance) {
    ASSERT_TRUE(mount_proc(system));
    EXPECT_EQ(p.call(nr::mount, "none"sv, "/tmp/d"sv, "tmpfs"sv, 0, 0), 0);
    touch("/tmp/d/a");
    EXPECT_EQ(watch("/tmp/d/a", notify_event::all), 1);
    EXPECT_EQ(watch("/proc/self/stat", notify_event::all), 2);
    EXPECT_EQ(p.call(nr::umount2, "/tmp/d"sv, 0), 0);
    EXPECT_EQ(events(), "1:2000: 1:8000: ");
    EXPECT_EQ(p.call(rm_watch, fd, 1), error(Errno::inval));
    EXPECT_EQ(p.call(rm_watch, fd, 2), 0);
    EXPECT_EQ(watch("/tmp", notify_event::all), 3);
    EXPECT_EQ(p.call(nr::close, fd), 0);
    touch("/tmp/after"); // nobody is told
}

TEST_F(Notify, AnOpenFileIsDeletedWhenItIsClosed) {
    touch("/tmp/d/a");
    EXPECT_EQ(watch("/tmp/d/a", notify_event::remove_self), 1);
    auto const file = *p.call(nr::open, "/tmp/d/a"sv, 0);
    EXPECT_EQ(p.call(nr::unlink, "/tmp/d/a"sv), 0);
    EXPECT_EQ(events(), "");
    EXPECT_EQ(p.call(nr::close, file), 0);
    EXPECT_EQ(events(), "1:400: 1:8000: ");
}

TEST_F(Notify, AReaderIsWoken) {
    EXPECT_EQ(watch("/tmp/d", notify_event::create), 1);
    auto other = twin(p);
    EXPECT_EQ(other.call(nr::fcntl, fd, 4, 0), 0); // no longer nonblocking
    EXPECT_EQ(other.call(nr::read, fd, memory_start, 1000), std::nullopt);
    touch("/tmp/d/a");
    EXPECT_EQ(other.answer(), 32);
}

TEST_F(Notify, TheQueueHasAnEnd) {
    EXPECT_EQ(watch("/tmp/d", notify_event::open), 1);
    touch("/tmp/d/a"), touch("/tmp/d/b");
    for (int i = 0; i < 10'000; i++) touch("/tmp/d/a"), touch("/tmp/d/b");
    std::string all, some;
    while (!(some = events()).empty()) all += some;
    EXPECT_TRUE(all.ends_with("-1:4000: "));
    EXPECT_EQ(std::ranges::count(all, ' '), NotifyFile::most_events + 1);
    EXPECT_EQ(all.find("4000"), all.rfind("4000"));
    touch("/tmp/d/a");
    EXPECT_EQ(events(), "1:20:a ");
}

TEST_F(Notify, MemoryComesBack) {
    auto const before = files.memory.pages();
    for (int i = 0; i < 500; i++) {
        EXPECT_EQ(watch("/tmp/d", notify_event::all), i + 1);
        touch("/tmp/d/a");
        EXPECT_EQ(p.call(rm_watch, fd, i + 1), 0);
        EXPECT_EQ(p.call(nr::unlink, "/tmp/d/a"sv), 0);
        events();
    }
    EXPECT_LE(files.memory.pages(), before + 4);
}

} // namespace
} // namespace personality::testing
