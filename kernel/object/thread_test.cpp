// Threads: held, suspended, kicked, rewritten, and ended, in whatever they are doing.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <cstring>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr abi::CapAddress none{};
constexpr abi::Word zero = 0;

abi::Error error_of(Thread const& thread) { return static_cast<abi::Error>(thread.frame.rax); }

/// A boss, a foreign program that it keeps, and a native one.
class Threads : public ::testing::Test {
protected:
    World world;
    Program& boss = world.add_program({.priority = 150, .bytes = 1 << 20});
    Program& guest = world.add_program({.foreign = true});
    Program& native = world.add_program({});
    abi::CapAddress const door = world.make(boss, abi::Kind::endpoint);
    abi::CapAddress const reply = world.make(boss, abi::Kind::reply);
    abi::CapAddress const other_reply = world.make(boss, abi::Kind::reply);
    abi::CapAddress const the_guest = world.share(guest, guest[at::thread], boss);
    abi::CapAddress const the_native = world.share(native, native[at::thread], boss);

    void SetUp() override {
        for (auto const handle : {the_guest, the_native})
            ASSERT_TRUE(world.call<abi::ThreadSetKeeper>(boss, handle, door).ok());
    }
    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }

    abi::MessageKind receive() {
        world.message<abi::EndpointReceive>(*boss.thread, door, {.reply = reply});
        return abi::MessageTag{boss.thread->frame.rbx}.kind();
    }
    /// The boss waits for its guest, who calls.
    void receive_call() {
        world.message<abi::EndpointReceive>(*boss.thread, door, {.reply = reply});
        world.foreign_call(*guest.thread, 39, {1, 2, 3, 4, 5, 6});
        ASSERT_EQ(world.current(), boss.thread);
    }
};

TEST_F(Threads, OfAFreshProcessWaitForItsStart) {
    auto const process = world.make(boss, abi::Kind::process);
    auto const space = world.make(boss, abi::Kind::address_space);
    auto const thread = world.make(boss, abi::Kind::thread);
    auto const context = world.make(boss, abi::Kind::sched_context);
    EXPECT_TRUE(world.call<abi::ThreadConfigure>(boss, thread, process, none, zero, zero)
                    .failed(abi::Error::bad_state));
    EXPECT_TRUE(world.call<abi::ProcessConfigure>(boss, process, boss[at::pool], space, zero).ok());
    EXPECT_TRUE(world.call<abi::ThreadResume>(boss, thread).failed(abi::Error::bad_state));
    EXPECT_TRUE(world.call<abi::ThreadConfigure>(boss, thread, process, none, zero, zero).ok());
    EXPECT_TRUE(world.call<abi::ThreadBindContext>(boss, thread, context).ok());
    EXPECT_TRUE(world.call<abi::ThreadSetPriority>(boss, thread, abi::Word{200}).ok());
    EXPECT_TRUE(world.call<abi::ThreadResume>(boss, thread).ok());
    EXPECT_EQ(world.current(), boss.thread) << "the process has not been started";
    EXPECT_TRUE(world.call<abi::ProcessStart>(boss, process).ok());
    leave_kernel();
    EXPECT_EQ(world.current(), &world.object<Thread>(boss, thread));
}

TEST_F(Threads, AreHeldWithTheirProcess) {
    auto const process = world.share(native, native[at::process], boss);
    EXPECT_TRUE(world.call<abi::ProcessStop>(boss, process).ok());
    EXPECT_FALSE(native.thread->queued);
    EXPECT_EQ(broken_invariants(world), "");
    EXPECT_TRUE(world.call<abi::ProcessStart>(boss, process).ok());
    EXPECT_TRUE(native.thread->queued);
}

TEST_F(Threads, ThatStopTheirOwnProcessGoOnAfterTheCall) {
    EXPECT_FALSE(world.call<abi::ProcessStop>(native, native[at::process]).returned);
    EXPECT_NE(world.current(), native.thread);
    EXPECT_EQ(error_of(*native.thread), abi::Error::ok);
    auto const process = world.share(native, native[at::process], boss);
    EXPECT_TRUE(world.call<abi::ProcessStart>(boss, process).ok());
    EXPECT_TRUE(native.thread->queued);
}

TEST_F(Threads, LeaveAWaitWhenSuspended) {
    auto const notification = world.make(native, abi::Kind::notification);
    EXPECT_FALSE(world.call<abi::NotificationWait>(native, notification, abi::Word{100}).returned);
    EXPECT_TRUE(world.call<abi::ThreadSuspend>(boss, the_native).ok());
    EXPECT_EQ(native.thread->state, Thread::State::suspended);
    EXPECT_EQ(error_of(*native.thread), abi::Error::cancelled);
    world.advance(1000);
    EXPECT_EQ(native.thread->state, Thread::State::suspended);
    EXPECT_TRUE(world.call<abi::ThreadResume>(boss, the_native).ok());
    EXPECT_TRUE(native.thread->queued);
    EXPECT_TRUE(world.call<abi::ThreadResume>(boss, the_native).failed(abi::Error::bad_state));
}

TEST_F(Threads, MakeTheirForeignCallAgainAfterASuspend) {
    receive_call();
    auto const rip = guest.thread->frame.rip;
    EXPECT_TRUE(world.call<abi::ThreadSuspend>(boss, the_guest).ok());
    EXPECT_EQ(guest.thread->frame.rip, rip - 2);
    EXPECT_EQ(guest.thread->frame.rax, 39u);
    EXPECT_TRUE(world.message<abi::ReplySend>(*boss.thread, reply).failed(abi::Error::bad_state));
}

TEST_F(Threads, ReportAKickAtOnceOrAfterTheirCall) {
    EXPECT_TRUE(world.call<abi::ThreadKick>(boss, the_guest).ok());
    EXPECT_EQ(receive(), abi::MessageKind::kicked);
    EXPECT_FALSE(guest.thread->kicked);
    world.message<abi::ReplySend>(*boss.thread, reply);
    EXPECT_TRUE(schedule::runnable(*guest.thread));
    receive_call();
    EXPECT_TRUE(world.call<abi::ThreadKick>(boss, the_guest).ok());
    EXPECT_EQ(guest.thread->state, Thread::State::awaiting) << "its call goes on";
    world.message<abi::ReplySend>(*boss.thread, reply, {.words = {77}});
    EXPECT_EQ(guest.thread->frame.rax, 77u) << "the result first, then the report";
    EXPECT_EQ(receive(), abi::MessageKind::kicked);
    world.message<abi::ReplySend>(*boss.thread, reply);
    EXPECT_EQ(guest.thread->frame.rax, 77u);
}

TEST_F(Threads, ForgetAKickThatTheReplyClears) {
    receive_call();
    EXPECT_TRUE(world.call<abi::ThreadKick>(boss, the_guest).ok());
    auto const tag = abi::MessageTag{0, 1}.with(abi::MessageTag::flag_clear_kick);
    world.message<abi::ReplySend>(*boss.thread, reply, {.tag = tag, .words = {5}});
    EXPECT_TRUE(schedule::runnable(*guest.thread));
    EXPECT_FALSE(guest.thread->kicked);
}

TEST_F(Threads, ReportAKickThatASuspendInterrupted) {
    EXPECT_TRUE(world.call<abi::ThreadKick>(boss, the_guest).ok());
    EXPECT_EQ(guest.thread->state, Thread::State::calling);
    EXPECT_TRUE(world.call<abi::ThreadSuspend>(boss, the_guest).ok());
    EXPECT_TRUE(world.call<abi::ThreadResume>(boss, the_guest).ok());
    EXPECT_EQ(receive(), abi::MessageKind::kicked);
}

TEST_F(Threads, ReportAKickOnceTheirProcessGoesOn) {
    auto const process = world.share(guest, guest[at::process], boss);
    EXPECT_TRUE(world.call<abi::ProcessStop>(boss, process).ok());
    EXPECT_TRUE(world.call<abi::ThreadKick>(boss, the_guest).ok());
    EXPECT_TRUE(guest.thread->kicked);
    EXPECT_TRUE(world.call<abi::ProcessStart>(boss, process).ok());
    EXPECT_EQ(receive(), abi::MessageKind::kicked);
}

TEST_F(Threads, KeepTheirKeeperWhenKickedWhileItWorks) {
    world.page_fault(*native.thread, 0x5000, abi::fault_access::write);
    EXPECT_TRUE(world.call<abi::ThreadKick>(boss, the_native).ok());
    EXPECT_EQ(native.thread->state, Thread::State::calling) << "a fault is no wait of its own";
    EXPECT_EQ(receive(), abi::MessageKind::page_fault);
    EXPECT_TRUE(world.call<abi::ThreadKick>(boss, the_native).ok());
    EXPECT_EQ(native.thread->state, Thread::State::awaiting);
    world.message<abi::ReplySend>(*boss.thread, reply);
    EXPECT_TRUE(schedule::runnable(*native.thread));
}

TEST_F(Threads, ThatWaitAreKickedOut) {
    auto const endpoint = world.make(native, abi::Kind::endpoint);
    auto const own_reply = world.make(native, abi::Kind::reply);
    world.message<abi::EndpointReceive>(*native.thread, endpoint, {.reply = own_reply});
    EXPECT_TRUE(world.call<abi::ThreadKick>(boss, the_native).ok());
    EXPECT_EQ(error_of(*native.thread), abi::Error::cancelled);
    EXPECT_EQ(world.object<Reply>(native, own_reply).receiver, nullptr);
}

TEST_F(Threads, WithoutAKeeperStop) {
    auto const process = world.share(guest, guest[at::process], boss);
    auto const ended = world.make(boss, abi::Kind::notification);
    EXPECT_TRUE(world.call<abi::ProcessBindEnd>(boss, process, ended, abi::Word{8}).ok());
    EXPECT_TRUE(world.call<abi::ThreadSetKeeper>(boss, the_guest, none).ok());
    world.foreign_call(*guest.thread, 1);
    EXPECT_EQ(guest.thread->state, Thread::State::keeper_lost);
    EXPECT_EQ(world.call<abi::NotificationPoll>(boss, ended).value, 8u) << "its owner hears";
    EXPECT_TRUE(world.call<abi::ThreadSetKeeper>(boss, the_guest, door).ok());
    EXPECT_TRUE(world.call<abi::ThreadResume>(boss, the_guest).ok());
    EXPECT_TRUE(schedule::runnable(*guest.thread));
}

TEST_F(Threads, LoseTheirKeeperWithTheEndpoint) {
    receive_call();
    world.remove(boss, reply);
    EXPECT_EQ(guest.thread->state, Thread::State::keeper_lost);
    EXPECT_TRUE(world.call<abi::ThreadResume>(boss, the_guest).ok());
    world.foreign_call(*guest.thread, 1);
    EXPECT_EQ(guest.thread->state, Thread::State::calling);
    world.remove(boss, door);
    EXPECT_EQ(guest.thread->state, Thread::State::calling) << "the keepers name it still";
    EXPECT_TRUE(world.call<abi::ThreadSetKeeper>(boss, the_guest, none).ok());
    EXPECT_TRUE(world.call<abi::ThreadSetKeeper>(boss, the_native, none).ok());
    EXPECT_TRUE(world.call<abi::Reap>(boss, none).ok());
    EXPECT_EQ(guest.thread->state, Thread::State::keeper_lost);
}

TEST_F(Threads, AreReadAndWritten) {
    auto& page = *boss.page;
    EXPECT_TRUE(
        world.call<abi::ThreadReadRegisters>(boss, boss[at::thread]).failed(abi::Error::bad_state));
    EXPECT_TRUE(world.call<abi::ThreadReadRegisters>(boss, the_native).ok());
    EXPECT_EQ(page.registers.rip, native.thread->frame.rip);
    page.registers.rax = 42;
    page.registers.rflags = ~abi::Word{0};
    page.registers.fs_base = 0x7000;
    EXPECT_TRUE(world.call<abi::ThreadWriteRegisters>(boss, the_native).ok());
    EXPECT_EQ(native.thread->frame.rax, 42u);
    EXPECT_EQ(native.thread->frame.rflags, 0x24'0fd7u) << "no IOPL, no NT, no VM";
    EXPECT_EQ(native.thread->fs_base, 0x7000u);
    auto const before = native.thread->frame;
    for (auto abi::RegisterFile::* field :
         {&abi::RegisterFile::rip, &abi::RegisterFile::rsp, &abi::RegisterFile::fs_base,
          &abi::RegisterFile::gs_base}) {
        auto const kept = std::exchange(page.registers.*field, abi::user_end);
        EXPECT_TRUE(world.call<abi::ThreadWriteRegisters>(boss, the_native)
                        .failed(abi::Error::out_of_range));
        page.registers.*field = kept;
    }
    page.registers.has_extended = 1;
    page.extended_state[520] = std::byte{1}; // compacted form
    EXPECT_TRUE(
        world.call<abi::ThreadWriteRegisters>(boss, the_native).failed(abi::Error::bad_argument));
    EXPECT_EQ(std::memcmp(&before, &native.thread->frame, sizeof before), 0);
}

TEST_F(Threads, EndInEveryState) {
    auto const notification = world.make(native, abi::Kind::notification);
    auto const endpoint = world.make(native, abi::Kind::endpoint);
    auto const own_reply = world.make(native, abi::Kind::reply);
    auto& waiting = world.add_thread(native);
    auto& receiving = world.add_thread(native);
    auto& calling = world.add_thread(native);
    auto& awaiting = world.add_thread(native);
    auto& suspended = world.add_thread(native);
    world.call<abi::NotificationWait>(waiting, notification, abi::Word{1'000'000});
    world.message<abi::EndpointReceive>(receiving, endpoint, {.reply = own_reply});
    world.message<abi::EndpointCall>(awaiting, endpoint);
    world.message<abi::EndpointCall>(calling, endpoint);
    suspended.suspend();
    EXPECT_EQ(broken_invariants(world), "");
    auto const process = world.share(native, native[at::process], boss);
    EXPECT_TRUE(world.call<abi::ProcessKill>(boss, process, abi::Word{9}).ok());
    for (auto& thread : native.process->threads) EXPECT_EQ(thread.state, Thread::State::ended);
    EXPECT_EQ(native.process->exit_code, 9u);
    EXPECT_EQ(world.processor().deadlines.first(), nullptr);
}

TEST_F(Threads, EndThemselvesWithTheirLastCapability) {
    auto& thread = world.add_thread(native);
    abi::CapAddress address;
    for (std::uint16_t i = at::free; i < 64; i++)
        if (auto* const slot = native.pool->slot(i); slot->object == &thread)
            address = slot->address(i);
    EXPECT_FALSE(world.call<abi::PoolDelete>(thread, native[at::pool], address).returned);
    EXPECT_TRUE(World::gone(thread));
}

TEST_F(Threads, EndWithTheirProcessInTheMiddleOfARetype) {
    auto& thread = world.add_thread(native);
    unsigned budget = 100;
    teardown::remove(*native.pool->slot(at::process), budget);
    teardown::remove(*native.pool->slot(at::pool), budget);
    ASSERT_FALSE(root().dying.empty());
    // There is not enough memory, so the call takes apart what is dying: the caller and its pool.
    EXPECT_FALSE(world
                     .call<abi::UntypedRetype>(thread, native[at::untyped], abi::Kind::memory,
                                               abi::Word{64} << 20, none, abi::Place{{}, 40},
                                               abi::Cache::write_back)
                     .returned);
    EXPECT_TRUE(World::gone(thread));
}

} // namespace
} // namespace kernel
