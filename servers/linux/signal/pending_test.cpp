#include <servers/linux/signal/pending.hpp>

#include <gtest/gtest.h>

namespace personality {
namespace {

constexpr SignalSet all(~std::uint64_t{0});
constexpr Signal rt1 = static_cast<Signal>(34);

TEST(PendingSignals, StandardSignalsStandOnce) {
    PendingSignals pending;
    EXPECT_TRUE(pending.add({.signal = Signal::usr1, .pid = 1}));
    EXPECT_TRUE(pending.add({.signal = Signal::usr1, .pid = 2}));
    EXPECT_EQ(pending.take(all).pid, 1);
    EXPECT_TRUE(pending.set().empty());
    EXPECT_EQ(pending.take(all).signal, Signal::none);
}

TEST(PendingSignals, RealTimeSignalsQueueInOrder) {
    PendingSignals pending;
    for (std::uint64_t i = 0; i < 3; i++) EXPECT_TRUE(pending.add({.signal = rt1, .value = i}));
    EXPECT_TRUE(pending.add({.signal = Signal::term}));
    EXPECT_EQ(pending.take(all).signal, Signal::term);
    for (std::uint64_t i = 0; i < 3; i++) {
        EXPECT_TRUE(pending.set().has(rt1));
        EXPECT_EQ(pending.take(all).value, i);
    }
    EXPECT_TRUE(pending.set().empty());
}

TEST(PendingSignals, AFullQueueRefusesRealTimeSignalsAlone) {
    PendingSignals pending;
    EXPECT_TRUE(pending.add({.signal = rt1, .code = -1}, nullptr, 1));
    EXPECT_FALSE(pending.add({.signal = rt1, .code = -1}, nullptr, 1));
    EXPECT_TRUE(pending.add({.signal = Signal::chld, .code = -1, .pid = 9}, nullptr, 1));
    EXPECT_TRUE(pending.set().has(Signal::chld));
    EXPECT_EQ(pending.take(SignalSet::of(Signal::chld)).pid, 0); // known, but not from whom
}

TEST(PendingSignals, DiscardsAndTakesOnlyWhatIsAskedFor) {
    PendingSignals pending;
    pending.add({.signal = Signal::tstp});
    pending.add({.signal = Signal::hup});
    pending.add({.signal = rt1});
    pending.discard(stopping);
    EXPECT_FALSE(pending.set().has(Signal::tstp));
    EXPECT_EQ(pending.take(SignalSet::of(rt1)).signal, rt1);
    EXPECT_EQ(pending.count(), 1U);
}

} // namespace
} // namespace personality
