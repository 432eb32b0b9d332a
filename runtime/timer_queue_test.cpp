#include <runtime/timer_queue.hpp>

#include <gtest/gtest.h>

namespace {

using runtime::Due;
using runtime::TimerQueue;

TEST(TimerQueue, GivesWhatIsDueInOrder) {
    TimerQueue queue;
    Due a, b, c;
    EXPECT_EQ(queue.next(), 0u);
    queue.arm(a, 30);
    queue.arm(b, 10);
    queue.arm(c, 20);
    EXPECT_EQ(queue.next(), 10u);
    EXPECT_EQ(queue.pop(9), nullptr);
    EXPECT_EQ(queue.pop(20), &b);
    EXPECT_EQ(queue.pop(20), &c);
    EXPECT_EQ(queue.pop(20), nullptr);
    EXPECT_EQ(queue.next(), 30u);
    queue.cancel(a);
    queue.cancel(a);
    EXPECT_EQ(queue.next(), 0u);
}

TEST(TimerQueue, ArmingAgainMoves) {
    TimerQueue queue;
    Due a, b;
    queue.arm(a, 10);
    queue.arm(b, 20);
    queue.arm(a, 20);
    EXPECT_EQ(queue.pop(100), &b);
    EXPECT_EQ(queue.pop(100), &a);
    EXPECT_FALSE(a.link.linked());
}

} // namespace
