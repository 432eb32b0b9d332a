// Messages: words, badges, capabilities, queues, errors, deaths and deadlines.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

using testing::Message;
using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr abi::CapAddress none{};
using Tag = abi::MessageTag;

abi::Error error_of(Thread const& thread) { return static_cast<abi::Error>(thread.frame.rax); }

class Messages : public ::testing::Test {
protected:
    World world;
    Program& client = world.add_program({.priority = 50});
    Program& server = world.add_program({.priority = 100});
    abi::CapAddress const door = world.make(server, abi::Kind::endpoint);
    abi::CapAddress const reply = world.make(server, abi::Kind::reply);
    abi::CapAddress const second_reply = world.make(server, abi::Kind::reply);
    abi::CapAddress const out = world.share(server, door, client, abi::all_rights, 77);

    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }

    testing::Outcome receive(abi::CapAddress with, Tag tag = {}, abi::Word deadline = 0) {
        return world.message<abi::EndpointReceive>(
            *server.thread, door, {.tag = tag, .reply = with, .deadline = deadline});
    }
    testing::Outcome call(Message const& message = {}) {
        return world.message<abi::EndpointCall>(*client.thread, out, message);
    }
    testing::Outcome answer(abi::CapAddress to, Message const& message = {}) {
        return world.message<abi::ReplySend>(*server.thread, to, message);
    }
    static void expect_words(Frame const& frame, std::array<abi::Word, 8> const& words,
                             unsigned count) {
        std::uint64_t const found[] = {frame.rdi, frame.rsi, frame.rdx, frame.r10,
                                       frame.r8,  frame.r9,  frame.r12, frame.r13};
        for (unsigned i = 0; i < count; i++) EXPECT_EQ(found[i], words[i]) << i;
    }
};

TEST_F(Messages, CarryWordsBothWaysAndTheBadge) {
    std::array<abi::Word, 8> const question{1, 2, 3, 4, 5, 6, 7, 8};
    std::array<abi::Word, 8> const reply_words{11, 12, 13, 14, 15, 16, 17, 18};
    for (auto const& waits_first : {true, false})
        for (std::uint32_t words = 0; words <= 8; words++) {
            if (waits_first) receive(reply);
            call({.tag = Tag{9, words}.with(Tag::flag_wait_for_server), .words = question});
            if (!waits_first) EXPECT_TRUE(receive(reply).ok());
            auto const& frame = server.thread->frame;
            EXPECT_EQ(frame.rax, 0u);
            EXPECT_EQ(frame.rbx, (Tag{9, words}.raw));
            EXPECT_EQ(frame.r14, 77u);
            expect_words(frame, question, words);
            EXPECT_TRUE(answer(reply, {.tag = Tag{3, words}, .words = reply_words}).ok());
            EXPECT_EQ(client.thread->frame.rax, 0u);
            EXPECT_EQ(client.thread->frame.rbx, (Tag{3, words}.raw));
            EXPECT_EQ(client.thread->frame.r14, 0u);
            expect_words(client.thread->frame, reply_words, words);
            EXPECT_EQ(broken_invariants(world), "");
        }
}

TEST_F(Messages, LeaveOtherRegistersAlone) {
    receive(reply);
    auto& frame = server.thread->frame;
    frame.rdx = frame.r10 = frame.r8 = frame.r9 = frame.r12 = frame.r13 = frame.rbp = 0xabc;
    call({.tag = Tag{0, 2}, .words = {1, 2, 3, 4, 5, 6, 7, 8}});
    for (auto const word :
         {frame.rdx, frame.r10, frame.r8, frame.r9, frame.r12, frame.r13, frame.rbp})
        EXPECT_EQ(word, 0xabcu);
}

TEST_F(Messages, CarryLongTextsInThePages) {
    for (unsigned i = 0; i < abi::message_words; i++) client.page->words[i] = 1000 + i;
    receive(reply);
    call({.tag = Tag{1, 64}});
    EXPECT_EQ(Tag{server.thread->frame.rbx}.words(), 64u);
    EXPECT_EQ(server.page->words[8], 1008u);
    EXPECT_EQ(server.page->words[63], 1063u);
    EXPECT_EQ(server.page->words[7], 0u) << "the first eight travel in registers";
    EXPECT_TRUE(answer(reply, {.tag = Tag{1, 65}}).failed(abi::Error::bad_argument));
    EXPECT_TRUE(answer(reply, {.tag = Tag{1, 20}}).ok());
    // A receiver without a page gets what fits into its registers.
    receive(reply);
    world.remove(server, server[at::message]);
    server.thread->message_page = nullptr;
    unsigned budget = 10;
    teardown::remove(server.thread->message_slot, budget);
    call({.tag = Tag{1, 64}});
    EXPECT_EQ(Tag{server.thread->frame.rbx}.words(), 8u);
}

TEST_F(Messages, SendsEndWhenReceived) {
    world.message<abi::EndpointSend>(
        *client.thread, out, {.tag = Tag{5, 1}.with(Tag::flag_wait_for_server), .words = {42}});
    EXPECT_EQ(client.thread->state, Thread::State::calling);
    EXPECT_TRUE(receive(reply).ok());
    EXPECT_EQ(server.thread->frame.rdi, 42u);
    EXPECT_TRUE(schedule::runnable(*client.thread));
    EXPECT_TRUE(answer(reply).failed(abi::Error::bad_state)) << "nobody waits for an answer";
    receive(reply);
    EXPECT_TRUE(world.message<abi::EndpointSend>(*client.thread, out, {.tag = Tag{5, 0}}).ok());
    EXPECT_TRUE(schedule::runnable(*server.thread));
}

TEST_F(Messages, QueueInOrder) {
    std::vector<Thread*> callers;
    for (abi::Word i = 0; i < 4; i++) {
        callers.push_back(&world.add_thread(client, 40));
        world.message<abi::EndpointCall>(
            *callers.back(), out, {.tag = Tag{0, 1}.with(Tag::flag_wait_for_server), .words = {i}});
    }
    for (abi::Word i = 0; i < 4; i++) {
        EXPECT_TRUE(receive(reply).ok());
        EXPECT_EQ(server.thread->frame.rdi, i);
        EXPECT_TRUE(answer(reply, {.tag = Tag{0, 0}}).ok());
        EXPECT_TRUE(schedule::runnable(*callers[i]));
    }
}

TEST_F(Messages, CanBeHeld) {
    auto& other = world.add_thread(client, 40);
    receive(reply);
    call();
    receive(second_reply);
    world.message<abi::EndpointCall>(other, out);
    EXPECT_TRUE(receive(second_reply).failed(abi::Error::bad_state)) << "it holds somebody";
    EXPECT_TRUE(answer(second_reply, {.tag = Tag{0, 1}, .words = {2}}).ok());
    EXPECT_TRUE(answer(reply, {.tag = Tag{0, 1}, .words = {1}}).ok());
    EXPECT_EQ(other.frame.rdi, 2u);
    EXPECT_EQ(client.thread->frame.rdi, 1u);
    EXPECT_TRUE(answer(reply).failed(abi::Error::bad_state)) << "answered, once";
}

TEST_F(Messages, ToNobodyAreNotReceived) {
    EXPECT_TRUE(call().failed(abi::Error::not_received));
    receive(reply);
    call();
    World::end(*server.process);
    leave_kernel();
    EXPECT_EQ(error_of(*client.thread), abi::Error::server_died) << "it had been received";
    EXPECT_TRUE(call().failed(abi::Error::not_received));
}

TEST_F(Messages, ThatQueueLearnOfTheServersEnd) {
    auto& patient = world.add_thread(client, 40);
    receive(reply);
    server.thread->kick();
    leave_kernel();
    call();
    world.message<abi::EndpointCall>(patient, out, {.tag = Tag{}.with(Tag::flag_wait_for_server)});
    EXPECT_EQ(client.thread->state, Thread::State::calling) << "the server is alive, and busy";
    World::end(*server.process);
    leave_kernel();
    EXPECT_EQ(error_of(*client.thread), abi::Error::not_received);
    EXPECT_EQ(patient.state, Thread::State::calling) << "waits for another";
    auto& heir = world.add_program({.priority = 100});
    auto const taken = world.share(client, out, heir);
    auto const own_reply = world.make(heir, abi::Kind::reply);
    EXPECT_TRUE(
        world.message<abi::EndpointReceive>(*heir.thread, taken, {.reply = own_reply}).ok());
    EXPECT_EQ(patient.state, Thread::State::awaiting);
    EXPECT_EQ(world.object<Endpoint>(client, out).server, heir.process);
}

TEST_F(Messages, EndInTime) {
    receive(reply);
    server.thread->kick();
    leave_kernel();
    auto const tag = Tag{}.with(Tag::flag_deadline);
    call({.tag = tag, .deadline = 1000});
    EXPECT_EQ(client.thread->state, Thread::State::calling);
    world.advance(1000);
    EXPECT_EQ(error_of(*client.thread), abi::Error::timed_out);
    EXPECT_FALSE(receive(reply, tag, 5000).returned);
    world.advance(4000);
    EXPECT_EQ(error_of(*server.thread), abi::Error::timed_out);
    EXPECT_EQ(world.object<Reply>(server, reply).receiver, nullptr);
    // A deadline that has passed already.
    EXPECT_FALSE(receive(reply, tag, 1).returned);
    world.advance(0);
    EXPECT_EQ(error_of(*server.thread), abi::Error::timed_out);
}

TEST_F(Messages, CarryCapabilities) {
    auto const gift = world.make(client, abi::Kind::notification);
    auto const weak = world.share(client, gift, client, abi::mask(abi::NotificationRights::signal));
    ASSERT_TRUE(world
                    .call<abi::ThreadSetReceiveSlots>(server, server[at::thread], std::uint16_t{50},
                                                      abi::Word{2})
                    .ok());
    client.page->sent_caps[0] = weak.raw;
    client.page->sent_caps[1] = gift.raw;
    client.page->sent_caps[2] = gift.raw;
    receive(reply);
    call({.tag = Tag{0, 0, 3}});
    EXPECT_EQ(Tag{server.thread->frame.rbx}.caps(), 2u) << "there were two slots";
    EXPECT_EQ(server.page->received_caps[0], server[50].raw);
    EXPECT_EQ(server.page->received_caps[1], server[51].raw);
    EXPECT_EQ(server.pool->slot(50)->rights, abi::mask(abi::NotificationRights::signal));
    EXPECT_EQ(server.pool->slot(50)->parent, client.pool->find(weak));
    // No slot is empty now.
    client.page->sent_caps[0] = gift.raw;
    server.page->sent_caps[0] = server[51].raw;
    EXPECT_TRUE(answer(reply, {.tag = Tag{0, 0, 1}}).ok());
    EXPECT_EQ(Tag{client.thread->frame.rbx}.caps(), 0u) << "the client has named no slots";
    receive(reply);
    call({.tag = Tag{0, 0, 1}});
    EXPECT_EQ(Tag{server.thread->frame.rbx}.caps(), 0u);
}

TEST_F(Messages, CarryNoCapabilityThatIsNotOnesOwnToGive) {
    auto const mute = world.share(server, door, client, abi::mask(abi::EndpointRights::send));
    auto const gift = world.make(client, abi::Kind::notification);
    client.page->sent_caps[0] = gift.raw;
    receive(reply);
    auto const with = [&](abi::CapAddress through, Tag tag) {
        return world.message<abi::EndpointCall>(*client.thread, through, {.tag = tag});
    };
    EXPECT_TRUE(with(mute, Tag{0, 0, 1}).failed(abi::Error::no_rights));
    EXPECT_TRUE(with(out, Tag{0, 0, 5}).failed(abi::Error::bad_argument));
    client.page->sent_caps[0] = 0;
    EXPECT_TRUE(with(out, Tag{0, 0, 1}).failed(abi::Error::bad_capability));
    client.page->sent_caps[0] = gift.raw + 0x10000;
    EXPECT_TRUE(with(out, Tag{0, 0, 1}).failed(abi::Error::stale_capability));
    EXPECT_EQ(server.thread->state, Thread::State::receiving) << "nothing has happened";
}

TEST_F(Messages, PutCapabilitiesOnlyWhereTheyMay) {
    auto const gift = world.make(client, abi::Kind::notification);
    client.page->sent_caps[0] = gift.raw;
    // The last slots of all: 65,535 and then none. Not slot 0, and not wherever there is room.
    ASSERT_TRUE(world
                    .call<abi::ThreadSetReceiveSlots>(server, server[at::thread],
                                                      std::uint16_t{65535}, abi::Word{1})
                    .ok());
    receive(reply);
    call({.tag = Tag{0, 0, 1}});
    EXPECT_EQ(Tag{server.thread->frame.rbx}.caps(), 0u);
    EXPECT_TRUE(answer(reply).ok());
    ASSERT_TRUE(world
                    .call<abi::ThreadSetReceiveSlots>(server, server[at::thread], std::uint16_t{0},
                                                      abi::Word{1})
                    .ok());
    receive(reply);
    call({.tag = Tag{0, 0, 1}});
    EXPECT_EQ(Tag{server.thread->frame.rbx}.caps(), 0u) << "slot 0 stays empty";
}

TEST_F(Messages, RefuseBadReplies) {
    EXPECT_TRUE(receive(none).failed(abi::Error::bad_capability));
    EXPECT_TRUE(receive(door).failed(abi::Error::wrong_kind));
    auto const weak = world.share(server, reply, server, 0);
    EXPECT_TRUE(receive(weak).failed(abi::Error::no_rights));
    auto& second = world.add_thread(server);
    receive(reply);
    EXPECT_TRUE(world.message<abi::EndpointReceive>(second, door, {.reply = reply})
                    .failed(abi::Error::bad_state))
        << "another thread receives with it";
    EXPECT_TRUE(world.message<abi::EndpointReplyReceive>(second, door, {.reply = reply})
                    .failed(abi::Error::bad_state));
}

TEST_F(Messages, EndForTheReceiverWhenItsReplyGoes) {
    receive(reply);
    world.remove(server, reply);
    EXPECT_EQ(error_of(*server.thread), abi::Error::cancelled);
}

TEST_F(Messages, EndWhenTheEndpointGoes) {
    auto& second = world.add_thread(server);
    receive(reply);
    world.message<abi::EndpointReceive>(second, door, {.reply = second_reply});
    world.remove(client, out);
    world.remove(server, door);
    EXPECT_EQ(error_of(*server.thread), abi::Error::cancelled);
    EXPECT_EQ(error_of(second), abi::Error::cancelled);
    EXPECT_TRUE(server.process->served.empty());
}

TEST_F(Messages, AnswersToTheDeadAreErrors) {
    receive(reply);
    call();
    World::end(*client.process);
    EXPECT_TRUE(answer(reply).failed(abi::Error::bad_state));
    EXPECT_FALSE(
        world.message<abi::EndpointReplyReceive>(*server.thread, door, {.reply = reply}).returned)
        << "nobody to answer: it just receives";
}

TEST_F(Messages, AReplyMovesToWhoReceivesWithIt) {
    auto& heir = world.add_program({.priority = 90});
    auto const their_reply = world.share(server, reply, heir);
    auto const their_door = world.share(server, door, heir);
    receive(reply);
    call();
    EXPECT_TRUE(world.message<abi::ReplySend>(*heir.thread, their_reply).ok())
        << "who holds it may answer";
    world.message<abi::EndpointReceive>(*heir.thread, their_door, {.reply = their_reply});
    EXPECT_EQ(world.object<Reply>(server, reply).process, heir.process);
    call();
    World::end(*server.process);
    EXPECT_EQ(client.thread->state, Thread::State::awaiting) << "the heir has it";
    World::end(*heir.process);
    EXPECT_EQ(error_of(*client.thread), abi::Error::server_died);
}

TEST_F(Messages, ServersAreTakenOver) {
    auto& heir = world.add_program({.priority = 90});
    auto const their_door = world.share(server, door, heir);
    EXPECT_TRUE(world.call<abi::EndpointServe>(server, door, abi::Word{0}).ok());
    EXPECT_TRUE(world.call<abi::EndpointServe>(heir, their_door, abi::Word{0})
                    .failed(abi::Error::already_bound));
    EXPECT_TRUE(world.call<abi::EndpointServe>(heir, their_door, abi::Word{1}).ok());
    EXPECT_EQ(world.object<Endpoint>(server, door).server, heir.process);
    EXPECT_TRUE(server.process->served.empty());
    EXPECT_TRUE(world.call<abi::EndpointServe>(heir, their_door, abi::Word{2})
                    .failed(abi::Error::bad_argument));
}

} // namespace
} // namespace kernel
