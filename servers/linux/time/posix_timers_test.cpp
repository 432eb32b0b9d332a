// Timers of timer_create, interval timers and RLIMIT_CPU, on a clock that the test moves.

#include <servers/linux/fs/testing/programs.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/time/time_words.hpp>

#include <gtest/gtest.h>

namespace personality::testing {
namespace {

constexpr std::uint64_t nr_timer_create = 222, nr_timer_settime = 223, nr_getoverrun = 225,
                        nr_setrlimit = 160, nr_setitimer = 38;
constexpr UserAddress at = memory_start;

class Timers : public Programs {
protected:
    void use_time(FakeProgram& program, std::uint64_t seconds) {
        machine.threads.at(program.task->thread.raw).processor_time += seconds * second_ns;
        pass_seconds(seconds);
    }
};

TEST_F(Timers, WhatIsNotTakenIsCounted) {
    auto program_ = program();
    program_.task->blocked_signals = SignalSet::of(Signal::alrm);
    EXPECT_EQ(*program_.call(nr_timer_create, 1, 0, at), 0);
    auto const id = program_.get<std::int32_t>(at);
    program_.put(at, std::array<std::int64_t, 4>{1, 0, 1, 0}); // each second
    EXPECT_EQ(*program_.call(nr_timer_settime, id, 0, at, 0), 0);
    for (int i = 0; i < 5; i++) pass_seconds(1);
    EXPECT_EQ(program_.process->pending.count(), 1U);
    auto const info = take_signal(*program_.task, SignalSet::of(Signal::alrm));
    EXPECT_EQ(info.code, signal_code::timer);
    EXPECT_EQ(info.pid, id);
    EXPECT_EQ(info.uid, 4U);
    EXPECT_EQ(*program_.call(nr_getoverrun, id), 4);
    pass_seconds(1);
    EXPECT_EQ(take_signal(*program_.task, SignalSet::of(Signal::alrm)).uid, 0U);
}

TEST_F(Timers, ProcessorTimeRings) {
    auto program_ = program();
    program_.task->blocked_signals = SignalSet::of(Signal::prof);
    program_.put(at, std::array<std::int64_t, 4>{0, 0, 2, 0});
    EXPECT_EQ(*program_.call(nr_setitimer, 2, at, 0), 0);
    pass_seconds(100); // it sleeps
    EXPECT_TRUE(program_.process->pending.set().empty());
    use_time(program_, 2);
    EXPECT_TRUE(program_.process->pending.set().has(Signal::prof));
}

TEST_F(Timers, TheLimitOnProcessorTimeKills) {
    auto program_ = program();
    program_.task->blocked_signals = SignalSet::of(Signal::xcpu);
    program_.put(at, LimitPair{1, 3});
    EXPECT_EQ(*program_.call(nr_setrlimit, 0, at), 0);
    use_time(program_, 1);
    EXPECT_TRUE(program_.process->pending.set().has(Signal::xcpu));
    use_time(program_, 1);
    EXPECT_NE(program_.process->state, Process::State::zombie);
    auto* const process = program_.process;
    auto const pid = process->pid;
    use_time(program_, 1);
    EXPECT_EQ(system.tasks.process(pid), nullptr); // reaped by process 1
    bury(system);
}

} // namespace
} // namespace personality::testing
