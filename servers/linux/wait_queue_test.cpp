#include <servers/linux/wait_queue.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace personality {
namespace {

std::vector<int> woken;

struct Named {
    explicit Named(int name) : number(name) {
        waiter.owner = this;
        waiter.wake = [](Waiter& w) {
            woken.push_back(static_cast<Named*>(w.owner)->number);
            w.leave();
        };
    }
    int number;
    Waiter waiter;
};

class Queue : public ::testing::Test {
protected:
    Queue() { woken.clear(); }
    WaitQueue queue;
    Named a{1}, b{2}, c{3};
};

TEST_F(Queue, WakesInOrderAndAsManyAsAsked) {
    queue.add(a.waiter);
    queue.add(b.waiter);
    queue.add(c.waiter);
    EXPECT_EQ(queue.wake_some(2), 2U);
    EXPECT_EQ(woken, (std::vector{1, 2}));
    queue.wake_all();
    EXPECT_TRUE(queue.empty());
}

TEST_F(Queue, PassesOverWhoIsNotInterested) {
    a.waiter.interest = 1;
    b.waiter.interest = 2;
    queue.add(a.waiter);
    queue.add(b.waiter);
    queue.add(c.waiter);
    queue.wake_all(2);
    EXPECT_EQ(woken, (std::vector{2, 3}));
    EXPECT_TRUE(a.waiter.waiting());
}

TEST_F(Queue, AWakeMayTakeOthersOffAndPutItselfBack) {
    static Named* other;
    static WaitQueue* home;
    other = &b;
    home = &queue;
    a.waiter.wake = [](Waiter& w) {
        woken.push_back(1);
        other->waiter.leave();
        home->add(w);
    };
    queue.add(a.waiter);
    queue.add(b.waiter);
    queue.add(c.waiter);
    queue.wake_all();
    EXPECT_EQ(woken, (std::vector{1, 3}));
    EXPECT_TRUE(a.waiter.waiting());
}

TEST_F(Queue, ItsEndWakesEverybody) {
    {
        WaitQueue shortlived;
        shortlived.add(a.waiter);
    }
    EXPECT_EQ(woken, std::vector{1});
    EXPECT_FALSE(a.waiter.waiting());
}

} // namespace
} // namespace personality
