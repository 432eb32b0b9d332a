#include <servers/linux/fs/event/timer_file.hpp>

#include <servers/linux/fs/testing/programs.hpp>

namespace personality::testing {
namespace {

enum : std::uint64_t { timerfd_create = 283, timerfd_settime = 286, timerfd_gettime = 287 };
constexpr std::uint64_t real = 0, monotonic = 1;

struct Setting {
    std::int64_t interval, interval_ns, value, value_ns;
    bool operator==(Setting const&) const = default;
};

class TimerFiles : public Programs {
protected:
    FakeProgram one = program();
    static constexpr UserAddress words = memory_start + 0x1000;

    std::int32_t make(std::uint64_t clock, std::uint32_t flags = open_flag::nonblock) {
        return static_cast<std::int32_t>(*one.call(timerfd_create, clock, flags));
    }
    std::optional<std::int64_t> set(std::int32_t fd, Setting const& setting, unsigned how = 0) {
        one.put(words, setting);
        return one.call(timerfd_settime, fd, how, words, 0);
    }
    Setting left(std::int32_t fd) {
        EXPECT_EQ(one.call(timerfd_gettime, fd, words), 0);
        return one.get<Setting>(words);
    }
    std::int64_t ticks(std::int32_t fd) {
        auto const read = *one.call(nr::read, fd, memory_start, 8);
        return read == 8 ? one.get<std::int64_t>(memory_start) : read;
    }
};

TEST_F(TimerFiles, CountTheirExpirations) {
    auto const fd = make(monotonic);
    EXPECT_EQ(set(fd, {2, 0, 3, 0}), 0);
    EXPECT_EQ(left(fd), (Setting{2, 0, 3, 0}));
    EXPECT_EQ(ticks(fd), error(Errno::again));
    pass_seconds(3);
    EXPECT_EQ(ticks(fd), 1);
    pass_seconds(9);
    EXPECT_EQ(ticks(fd), 4);
    EXPECT_EQ(left(fd), (Setting{2, 0, 1, 0}));
    EXPECT_EQ(set(fd, {0, 0, 0, 0}), 0);
    pass_seconds(9);
    EXPECT_EQ(ticks(fd), error(Errno::again));
}

TEST_F(TimerFiles, DoNotRingForeverInOneGo) {
    auto const fd = make(monotonic);
    EXPECT_EQ(set(fd, {0, 1, 0, 1}), 0);
    pass_seconds(5);
    EXPECT_EQ(ticks(fd), 5'000'000'000);
}

TEST_F(TimerFiles, WakeWhoReads) {
    auto const fd = make(monotonic, 0);
    auto other = twin(one);
    EXPECT_EQ(set(fd, {0, 0, 1, 0}), 0);
    EXPECT_EQ(other.call(nr::read, fd, memory_start, 8), std::nullopt);
    pass_seconds(1);
    EXPECT_EQ(other.answer(), 8);
}

TEST_F(TimerFiles, KeepToTheTimeOfDay) {
    auto const fd = make(real);
    auto const now = static_cast<std::int64_t>(world.clock.realtime() / 1'000'000'000);
    EXPECT_EQ(set(fd, {0, 0, now - 1, 0}, 1), 0);
    EXPECT_EQ(ticks(fd), 1);
    EXPECT_EQ(set(fd, {0, 0, now + 5, 0}, 1), 0);
    pass_seconds(5);
    EXPECT_EQ(ticks(fd), 1);
}

TEST_F(TimerFiles, TellThatTheClockWasSet) {
    auto const fd = make(real);
    auto const now = static_cast<std::int64_t>(world.clock.realtime() / 1'000'000'000);
    EXPECT_EQ(set(fd, {0, 0, now + 50, 0}, 3), 0);
    system.set_realtime(0);
    EXPECT_EQ(ticks(fd), error(Errno::canceled));
    EXPECT_EQ(ticks(fd), error(Errno::again));
}

TEST_F(TimerFiles, RefuseWhatLinuxRefuses) {
    EXPECT_EQ(one.call(timerfd_create, 2, 0), error(Errno::inval));
    EXPECT_EQ(one.call(timerfd_create, monotonic, 1), error(Errno::inval));
    auto const fd = make(monotonic);
    EXPECT_EQ(set(fd, {0, 0, 1, 1'000'000'000}), error(Errno::inval));
    EXPECT_EQ(set(fd, {0, 0, 1, 0}, 4), error(Errno::inval));
    EXPECT_EQ(set(99, {0, 0, 1, 0}), error(Errno::badf));
    EXPECT_EQ(one.call(nr::read, fd, memory_start, 7), error(Errno::inval));
}

} // namespace
} // namespace personality::testing
