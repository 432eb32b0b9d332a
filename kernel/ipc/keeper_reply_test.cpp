// How a keeper answers: a result, the call once more, all registers, a mapping first. What is
// refused changes nothing.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <cstring>

namespace kernel {
namespace {

using testing::Message;
using testing::Program;
using testing::World;
namespace at = testing::at;

using Tag = abi::MessageTag;

class KeeperReplies : public ::testing::Test {
protected:
    World world;
    Program& keeper = world.add_program({.priority = 150, .bytes = 1 << 20});
    Program& guest = world.add_program({.foreign = true});
    abi::CapAddress const door = world.make(keeper, abi::Kind::endpoint);
    abi::CapAddress const reply = world.make(keeper, abi::Kind::reply);
    abi::CapAddress const memory = world.make(keeper, abi::Kind::memory, 64 << 10);
    abi::CapAddress const space = world.share(guest, guest[at::space], keeper);
    Thread& thread = *guest.thread;

    static constexpr abi::Word place = 0x1000'0000;

    void SetUp() override {
        auto const handle = world.share(guest, guest[at::thread], keeper);
        ASSERT_TRUE(world.call<abi::ThreadSetKeeper>(keeper, handle, door).ok());
        ASSERT_TRUE(world.call<abi::SpaceAttach>(keeper, space, memory, abi::Word{1}).ok());
    }
    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }

    void receive() { world.message<abi::EndpointReceive>(*keeper.thread, door, {.reply = reply}); }
    void receive_call() {
        receive();
        world.foreign_call(thread, 39, {1, 2, 3, 4, 5, 6});
    }
    void receive_fault() {
        receive();
        world.page_fault(thread, place, abi::fault_access::write);
    }
    testing::Outcome answer(Message const& message) {
        return world.message<abi::ReplySend>(*keeper.thread, reply, message);
    }
    /// Words 1 to 4 of an answer that maps.
    static Message mapping(Tag tag, abi::Word pages, abi::Word offset = 0,
                           abi::Protection protection = abi::Protection::read_write) {
        return {.tag = tag.with(Tag::flag_mapping),
                .words = {0, 1 | static_cast<abi::Word>(protection) << 16, place, offset, pages}};
    }
    abi::Word translate(abi::Word address) {
        EXPECT_TRUE(
            world.call<abi::SpaceTranslate>(keeper, space, address, abi::Word{1}, abi::Word{0})
                .ok());
        return keeper.page->entries[0];
    }
};

TEST_F(KeeperReplies, ReportCallsFaultsAndExceptions) {
    receive_call();
    auto const& frame = keeper.thread->frame;
    EXPECT_EQ(Tag{frame.rbx}.kind(), abi::MessageKind::foreign_call);
    EXPECT_EQ(frame.rdi, 1u);
    EXPECT_EQ(frame.r9, 6u);
    EXPECT_EQ(frame.r12, 39u);
    EXPECT_EQ(frame.r13, World::stack);
    answer({});
    receive_fault();
    EXPECT_EQ(Tag{frame.rbx}.kind(), abi::MessageKind::page_fault);
    EXPECT_EQ(frame.rdi, place);
    EXPECT_EQ(frame.rsi, abi::fault_access::write);
    EXPECT_EQ(frame.rdx, thread.frame.rip);
    answer({});
    receive();
    world.exception(thread, 6, 0);
    EXPECT_EQ(Tag{frame.rbx}.kind(), abi::MessageKind::exception);
    EXPECT_EQ(frame.rdi, 6u);
    answer({});
    EXPECT_TRUE(schedule::runnable(thread));
}

TEST_F(KeeperReplies, GuardsSaySo) {
    ASSERT_TRUE(world.call<abi::SpaceGuard>(keeper, space, place, abi::Word{4}, abi::Word{1}).ok());
    receive_fault();
    EXPECT_EQ(keeper.thread->frame.rsi, abi::fault_access::write | abi::fault_access::guard);
    EXPECT_TRUE(answer(mapping({}, 1)).failed(abi::Error::already_mapped));
    EXPECT_TRUE(answer({}).ok());
}

TEST_F(KeeperReplies, GiveAResult) {
    receive_call();
    auto const before = thread.frame;
    EXPECT_TRUE(answer({.tag = Tag{0, 1}, .words = {~abi::Word{1}}}).ok());
    EXPECT_EQ(thread.frame.rax, ~abi::Word{1});
    EXPECT_EQ(thread.frame.rip, before.rip);
    EXPECT_EQ(thread.frame.rdi, before.rdi);
    EXPECT_EQ(thread.frame.rdx, before.rdx);
}

TEST_F(KeeperReplies, LeaveAFaultsRegistersAlone) {
    receive_fault();
    auto const before = thread.frame;
    EXPECT_TRUE(answer({.tag = Tag{0, 1}, .words = {5}}).ok());
    EXPECT_EQ(std::memcmp(&before, &thread.frame, sizeof before), 0);
}

TEST_F(KeeperReplies, MakeTheCallAgain) {
    receive_call();
    auto const rip = thread.frame.rip;
    EXPECT_TRUE(answer({.tag = Tag{}.with(abi::ReplyKind::restart)}).ok());
    EXPECT_EQ(thread.frame.rip, rip - 2);
    EXPECT_EQ(thread.frame.rax, 39u);
    receive();
    world.enter_once(thread);
    EXPECT_EQ(keeper.thread->frame.r12, 39u);
}

TEST_F(KeeperReplies, SetAllRegisters) {
    receive_call();
    auto& page = *keeper.page;
    page.registers = {.rax = 1,
                      .rbx = 2,
                      .rcx = 3,
                      .r11 = 4,
                      .rip = 0x5000,
                      .rflags = 0x40'0300,
                      .fs_base = 0x6000,
                      .gs_base = 0x7000,
                      .has_extended = 1};
    std::memset(page.extended_state, 0, sizeof page.extended_state);
    page.extended_state[100] = std::byte{9};
    EXPECT_TRUE(answer({.tag = Tag{}.with(abi::ReplyKind::registers)}).ok());
    EXPECT_EQ(thread.frame.rcx, 3u);
    EXPECT_EQ(thread.frame.r11, 4u);
    EXPECT_EQ(thread.frame.rip, 0x5000u);
    EXPECT_NE(thread.frame.vector, Frame::syscall) << "it leaves by IRET";
    EXPECT_EQ(thread.frame.rflags, 0x302u) << "the trap flag, and interrupts on";
    world.become(thread);
    EXPECT_EQ(arch::fake_machine.fs_base, 0x6000u);
    EXPECT_EQ(arch::fake_machine.extended_registers[100], std::byte{9});
}

TEST_F(KeeperReplies, MapBeforeTheyAnswer) {
    receive_fault();
    EXPECT_TRUE(answer(mapping({}, 3, 2)).ok());
    EXPECT_EQ(translate(place) & 0xfff, abi::page_entry::present | abi::page_entry::write);
    EXPECT_EQ(translate(place + 0x2000) >> 12 & 0xf, 4u);
    EXPECT_EQ(translate(place + 0x3000), 0u);
}

TEST_F(KeeperReplies, ThatAreRefusedChangeNothing) {
    receive_fault();
    auto const before = thread.frame;
    keeper.page->registers = {.rip = abi::user_end};
    auto const refused = [&](Message const& message, abi::Error error) {
        EXPECT_TRUE(answer(message).failed(error));
        EXPECT_EQ(thread.state, Thread::State::awaiting);
        EXPECT_EQ(std::memcmp(&before, &thread.frame, sizeof before), 0);
        EXPECT_EQ(translate(place), 0u);
    };
    auto const registers = Tag{}.with(abi::ReplyKind::registers);
    refused({.tag = registers}, abi::Error::out_of_range);
    refused({.tag = Tag{}.with(static_cast<abi::ReplyKind>(3))}, abi::Error::bad_argument);
    refused({.tag = Tag{0, 0, 1}}, abi::Error::bad_argument);
    refused(mapping({}, 17), abi::Error::out_of_range);
    refused(mapping({}, 1, 16), abi::Error::out_of_range);
    refused(mapping({}, ~abi::Word{0}), abi::Error::out_of_range);
    refused(mapping({}, 1, 0, static_cast<abi::Protection>(7)), abi::Error::write_and_execute);
    // Both are asked for, and one of them can't be.
    refused(mapping(registers, 1), abi::Error::out_of_range);
    keeper.page->registers.rip = 0x5000;
    refused(mapping(registers, 17), abi::Error::out_of_range);
    world.remove(keeper, keeper[at::message]);
    unsigned budget = 10;
    auto& page = *std::exchange(keeper.page, nullptr);
    (void)page;
    teardown::remove(keeper.thread->message_slot, budget);
    EXPECT_TRUE(answer({.tag = registers}).failed(abi::Error::no_message_page));
    EXPECT_EQ(thread.state, Thread::State::awaiting);
}

TEST_F(KeeperReplies, ForThreadsWhoseSpaceIsGone) {
    receive_fault();
    world.remove(guest, guest[at::space]);
    world.remove(keeper, space);
    unsigned budget = 100;
    teardown::remove(guest.process->space_slot, budget);
    world.reap();
    EXPECT_TRUE(answer(mapping({}, 1)).failed(abi::Error::bad_state)) << "its process has ended";
}

} // namespace
} // namespace kernel
