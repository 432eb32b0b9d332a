#include <servers/linux/time/alarm_clock.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace personality {
namespace {

std::vector<Instant> rung;

TEST(AlarmClock, RingsInOrderAndForgetsWhatIsCancelled) {
    rung.clear();
    AlarmClock clock;
    std::array<Alarm, 200> alarms;
    for (auto& alarm : alarms)
        alarm.ring = [](Alarm& a) { rung.push_back(reinterpret_cast<Instant>(a.owner)); };
    std::vector<Instant> expected;
    for (std::size_t i = 0; i < alarms.size(); i++) {
        Instant const when = i * 7919 % 1000;
        alarms[i].owner = reinterpret_cast<void*>(when);
        clock.set(alarms[i], when);
    }
    for (std::size_t i = 0; i < alarms.size(); i++) {
        if (i % 3 == 0)
            alarms[i].cancel();
        else
            expected.push_back(reinterpret_cast<Instant>(alarms[i].owner));
    }
    std::ranges::sort(expected);
    EXPECT_EQ(clock.next(), expected.front());
    clock.advance(499);
    EXPECT_TRUE(std::ranges::all_of(rung, [](Instant when) { return when <= 499; }));
    clock.advance(1000);
    EXPECT_EQ(rung, expected);
    EXPECT_EQ(clock.next(), never);
}

TEST(AlarmClock, ARingMaySetItselfAgain) {
    static int count;
    static AlarmClock* at;
    AlarmClock clock;
    at = &clock;
    count = 0;
    Alarm alarm;
    alarm.ring = [](Alarm& a) {
        if (++count < 3) at->set(a, static_cast<Instant>(count) * 10);
    };
    clock.set(alarm, 5);
    clock.advance(15);
    EXPECT_EQ(count, 2);
    clock.advance(20);
    EXPECT_EQ(count, 3);
}

} // namespace
} // namespace personality
