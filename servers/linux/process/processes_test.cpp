// Processes as programs see them: fork, wait, groups, signals, futexes, sleep.

#include <servers/linux/fs/testing/programs.hpp>
#include <servers/linux/memory/anonymous_source.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/time/time_words.hpp>

#include <gtest/gtest.h>

namespace personality::testing {
namespace {

// Numbers of calls, as x86-64 has them.
constexpr std::uint64_t nr_rt_sigaction = 13, nr_rt_sigprocmask = 14, nr_rt_sigreturn = 15,
                        nr_pause = 34, nr_nanosleep = 35, nr_fork = 57, nr_exit_group = 231,
                        nr_wait4 = 61, nr_kill = 62, nr_setpgid = 109, nr_getppid = 110,
                        nr_setsid = 112, nr_rt_sigsuspend = 130, nr_futex = 202, nr_restart = 219;
constexpr auto no_child = -static_cast<std::int64_t>(Errno::child);
constexpr auto interrupted = -static_cast<std::int64_t>(Errno::intr);
constexpr UserAddress at = memory_start;

class Processes : public Programs {
protected:
    FakeProgram fork(FakeProgram& parent) {
        auto const pid = parent.call(nr_fork);
        EXPECT_GT(*pid, 0);
        auto* process = system.tasks.process(static_cast<Pid>(*pid));
        return FakeProgram(system, process, process->leader);
    }
    void handle(FakeProgram& program, Signal signal, std::uint64_t flags = 0) {
        program.put(at, SignalAction{.handler = 0x5000,
                                     .flags = flags | SignalAction::restorer_set,
                                     .restorer = 0x6000});
        EXPECT_EQ(*program.call(nr_rt_sigaction, static_cast<int>(signal), at, 0, 8), 0);
    }
    /// A place for frames: the fake's registers start with a stack pointer of zero.
    void give_stack(FakeProgram& program) {
        machine.threads.at(program.task->thread.raw).registers.file.rsp = at + 0x1'0000;
    }
};

TEST_F(Processes, AParentWaitsForItsChild) {
    auto parent = program();
    auto child = fork(parent);
    EXPECT_EQ(*child.call(nr_getppid), parent.process->pid);
    EXPECT_EQ(parent.call(nr_wait4, -1, at, 0, 0), std::nullopt);
    auto const pid = child.process->pid;
    EXPECT_EQ(*child.call(nr_exit_group, 7), FakeProgram::gone);
    EXPECT_EQ(*parent.answer(), pid);
    EXPECT_EQ(parent.get<std::int32_t>(at), 7 << 8);
    EXPECT_EQ(*parent.call(nr_wait4, -1, at, 0, 0), no_child);
    EXPECT_EQ(system.tasks.process(pid), nullptr);
}

TEST_F(Processes, WaitDoesNotHangIfAskedNotTo) {
    auto parent = program();
    auto child = fork(parent);
    constexpr int no_hang = 1;
    EXPECT_EQ(*parent.call(nr_wait4, -1, 0, no_hang, 0), 0);
    EXPECT_EQ(*parent.call(nr_wait4, child.process->pid + 1, 0, no_hang, 0), no_child);
}

TEST_F(Processes, WhoIgnoresItsChildrenNeverSeesThem) {
    auto parent = program();
    parent.put(at, SignalAction{.handler = 1});
    EXPECT_EQ(*parent.call(nr_rt_sigaction, 17, at, 0, 8), 0);
    auto child = fork(parent);
    EXPECT_EQ(parent.call(nr_wait4, -1, 0, 0, 0), std::nullopt);
    child.call(nr_exit_group, 0);
    EXPECT_EQ(*parent.answer(), no_child);
}

TEST_F(Processes, MemoryIsCopiedWhenWritten) {
    auto parent = program();
    parent.put(at, 1);
    auto child = fork(parent);
    child.put(at, 2);
    EXPECT_EQ(parent.get<int>(at), 1);
    EXPECT_EQ(child.get<int>(at), 2);
}

TEST_F(Processes, AStoppedChildIsReportedAndGoesOn) {
    auto parent = program();
    auto child = fork(parent);
    auto const pid = child.process->pid;
    EXPECT_EQ(child.call(nr_pause), std::nullopt);
    EXPECT_EQ(*parent.call(nr_kill, pid, 19), 0);
    run_ready(system);
    constexpr int stopped = 2, continued = 8;
    EXPECT_EQ(*parent.call(nr_wait4, pid, at, stopped, 0), pid);
    EXPECT_EQ(parent.get<std::int32_t>(at), 0x137f);
    EXPECT_EQ(*parent.call(nr_kill, pid, 18), 0);
    EXPECT_EQ(child.answer(), std::nullopt); // back in its pause
    EXPECT_EQ(*parent.call(nr_wait4, pid, at, continued, 0), pid);
    EXPECT_EQ(parent.get<std::int32_t>(at), 0xffff);
    EXPECT_EQ(*parent.call(nr_kill, pid, 9), 0);
    EXPECT_EQ(*parent.call(nr_wait4, pid, at, 0, 0), pid);
    EXPECT_EQ(parent.get<std::int32_t>(at), 9);
}

TEST_F(Processes, AHandlerEndsAPauseAndReturns) {
    auto program_ = program();
    give_stack(program_);
    handle(program_, Signal::usr1);
    EXPECT_EQ(program_.call(nr_pause), std::nullopt);
    static_cast<void>(send_signal(*program_.process, {.signal = Signal::usr1}));
    EXPECT_EQ(*program_.answer(), FakeProgram::handler_runs);
    auto const& file = machine.answers.back().file;
    EXPECT_EQ(file.rip, 0x5000U);
    EXPECT_TRUE(program_.task->blocked_signals.has(Signal::usr1));
    // The saved RAX says EINTR.
    auto const context = program_.get<UserContext>(file.rdx);
    EXPECT_EQ(static_cast<std::int64_t>(context.registers.rax), interrupted);
    machine.threads.at(program_.task->thread.raw).registers.file = file;
    machine.threads.at(program_.task->thread.raw).registers.file.rsp += 8;
    EXPECT_EQ(*program_.call(nr_rt_sigreturn), FakeProgram::handler_runs);
    EXPECT_FALSE(program_.task->blocked_signals.has(Signal::usr1));
}

TEST_F(Processes, OnlySaRestartMakesAWaitAgain) {
    for (bool const restarts : {false, true}) {
        auto parent = program();
        give_stack(parent);
        handle(parent, Signal::usr1, restarts ? SignalAction::restart : 0);
        auto const child = fork(parent);
        EXPECT_NE(child.process, nullptr);
        EXPECT_EQ(parent.call(nr_wait4, -1, 0, 0, 0), std::nullopt);
        static_cast<void>(send_signal(*parent.process, {.signal = Signal::usr1}));
        EXPECT_EQ(*parent.answer(), FakeProgram::handler_runs);
        auto const context = parent.get<UserContext>(machine.answers.back().file.rdx);
        if (restarts)
            EXPECT_EQ(context.registers.rax, nr_wait4);
        else
            EXPECT_EQ(static_cast<std::int64_t>(context.registers.rax), interrupted);
    }
}

TEST_F(Processes, ASleepGoesOnAfterAStop) {
    auto sleeper = program();
    auto other = program();
    sleeper.put(at, TimeSpec{10, 0});
    EXPECT_EQ(sleeper.call(nr_nanosleep, at, 0), std::nullopt);
    other.call(nr_kill, sleeper.process->pid, 19);
    run_ready(system);
    world.clock.pass_seconds(4);
    other.call(nr_kill, sleeper.process->pid, 18);
    EXPECT_EQ(sleeper.answer(), std::nullopt);
    EXPECT_EQ(sleeper.task->call.number, nr_restart);
    world.clock.pass_seconds(5);
    system.alarms.advance(system.now());
    EXPECT_EQ(sleeper.answer(), std::nullopt);
    world.clock.pass_seconds(1);
    system.alarms.advance(system.now());
    EXPECT_EQ(*sleeper.answer(), 0);
}

TEST_F(Processes, SigsuspendPutsTheMaskBackAfterTheHandler) {
    auto waiter = program();
    give_stack(waiter);
    handle(waiter, Signal::usr1);
    waiter.put(at, SignalSet::of(Signal::usr1).bits());
    EXPECT_EQ(*waiter.call(nr_rt_sigprocmask, 0, at, 0, 8), 0);
    static_cast<void>(send_signal(*waiter.process, {.signal = Signal::usr1}));
    waiter.put(at, std::uint64_t{0});
    EXPECT_EQ(*waiter.call(nr_rt_sigsuspend, at, 8), FakeProgram::handler_runs);
    auto const context = waiter.get<UserContext>(system.registers.file.rdx);
    EXPECT_EQ(context.mask, SignalSet::of(Signal::usr1).bits());
    EXPECT_EQ(static_cast<std::int64_t>(context.registers.rax), interrupted);
}

TEST_F(Processes, AFutexWakesAcrossProcessesOnlyWhereMemoryIsShared) {
    auto one = program();
    auto two = fork(one);
    constexpr int wait = 0, wake = 1;
    one.put(at, 5);
    two.put(at, 5);
    EXPECT_EQ(*one.call(nr_futex, at, wait, 4, 0), -static_cast<std::int64_t>(Errno::again));
    EXPECT_EQ(one.call(nr_futex, at, wait, 5, 0), std::nullopt);
    EXPECT_EQ(*two.call(nr_futex, at, wake, 1), 0); // a private copy
    Area area{.start = 0x300'0000, .end = 0x300'1000, .protection = 3, .shared = true};
    area.source = make<AnonymousSource>(world.ram.pool);
    ASSERT_TRUE(one.process->memory->map(area));
    ASSERT_TRUE(two.process->memory->map(area));
    auto three = fork(two);
    EXPECT_EQ(two.call(nr_futex, area.start, wait, 0, 0), std::nullopt);
    EXPECT_EQ(*three.call(nr_futex, area.start, wake, 1), 1);
    EXPECT_EQ(*two.answer(), 0);
}

TEST_F(Processes, GroupsAndSessionsKeepTheirRules) {
    auto leader = program();
    auto child = fork(leader);
    constexpr auto denied = -static_cast<std::int64_t>(Errno::perm);
    EXPECT_EQ(*leader.call(nr_setsid), denied);
    EXPECT_EQ(*leader.call(nr_setpgid, 0, 0), denied); // a session's leader
    EXPECT_EQ(*child.call(nr_setpgid, 0, 0), 0);
    EXPECT_EQ(child.process->group->id, child.process->pid);
    EXPECT_EQ(*child.call(nr_setpgid, 0, 9999), denied);
    EXPECT_EQ(*child.call(nr_setsid), denied); // leads a group
    EXPECT_EQ(*child.call(nr_setpgid, 0, leader.process->pid), 0);
    EXPECT_EQ(*child.call(nr_setsid), child.process->pid);
}

TEST_F(Processes, AFaultWithoutAHandlerEndsTheProgram) {
    auto parent = program();
    auto child = fork(parent);
    auto const pid = child.process->pid;
    auto const answer = serve_fault(*child.task, 0x10, abi::fault_access::write);
    EXPECT_EQ(answer.kind, Answer::Kind::gone);
    bury(system);
    EXPECT_EQ(*parent.call(nr_wait4, pid, at, 0, 0), pid);
    EXPECT_EQ(parent.get<std::int32_t>(at) & 0x7f, 11);
}

TEST_F(Processes, ASignalToATaskThatRunsIsAKick) {
    auto busy = program();
    auto other = program();
    auto& thread = machine.threads.at(busy.task->thread.raw);
    EXPECT_EQ(*other.call(nr_kill, busy.process->pid, 15), 0);
    EXPECT_EQ(thread.kicks, 1);
    EXPECT_EQ(serve_kick(*busy.task).kind, Answer::Kind::gone);
    bury(system);
}

TEST_F(Processes, MemoryAtItsEndIsAnErrorOfFork) {
    auto parent = program();
    world.ram.pool.set_reserve(world.ram.pool.free());
    EXPECT_EQ(*parent.call(nr_fork), -static_cast<std::int64_t>(Errno::nomem));
    world.ram.pool.set_reserve(0);
    auto const free = world.ram.pool.free();
    auto child = fork(parent);
    child.call(nr_exit_group, 0);
    EXPECT_GT(*parent.call(nr_wait4, -1, 0, 0, 0), 0);
    bury(system);
    EXPECT_GE(world.ram.pool.free() + 1, free);
}

} // namespace
} // namespace personality::testing
