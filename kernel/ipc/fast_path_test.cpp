// The fast path and the full operation come to the same end in the same situation: each scenario is
// run both ways, and the states are compared.

#include <kernel/ipc/fast_path.hpp>
#include <kernel/ipc/message.hpp>
#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <format>

namespace kernel {
namespace {

using testing::Message;
using testing::Program;
using testing::World;
namespace at = testing::at;

using Tag = abi::MessageTag;

struct Scenario {
    bool foreign; ///< the caller's process
    bool passive_server;
    std::uint8_t caller_priority;
    std::uint8_t server_priority;
    std::uint32_t words;
    bool kicked = false;       ///< while it waits for the answer
    bool signalled = false;    ///< the server's bound notification has a bit
    bool other_ready = false;  ///< a third thread of priority 120 could run
    bool caller_queue = false; ///< a second caller waits
};

std::string name_of(Scenario const& s) {
    return std::format(
        "foreign {}, passive {}, {} to {}, {} words, kicked {}, signalled {}, other {}, "
        "queue {}",
        s.foreign, s.passive_server, s.caller_priority, s.server_priority, s.words, s.kicked,
        s.signalled, s.other_ready, s.caller_queue);
}

/// What matters of a thread's state.
std::string describe(World& world, Thread const& t) {
    auto const& f = t.frame;
    return std::format("{}state {} context {} own {} lent {} queued {} rip {:#x} rax {:#x} rbx "
                       "{:#x} r14 {:#x} words "
                       "{} {} {} {} {} {} {} {}\n",
                       world.current() == &t ? "runs: " : "", static_cast<int>(t.state),
                       t.context != nullptr, t.own_context == t.context, t.lent_by != nullptr,
                       t.queued, f.rip, f.rax, f.rbx, f.r14, f.rdi, f.rsi, f.rdx, f.r10, f.r8, f.r9,
                       f.r12, f.r13);
}

/// A flag that the fast path does not take, and that means nothing here.
Tag tag(std::uint32_t words, bool slow) {
    auto const plain = Tag{7, words};
    return slow ? plain.with(Tag::flag_wait_for_server) : plain;
}

/// One way through a scenario, told as what the threads are after each step.
class Course {
public:
    Course(Scenario const& scenario, bool slow) : s_(scenario), slow_(slow) {}

    std::string operator()() {
        auto const door = world_.make(server_, abi::Kind::endpoint);
        auto const reply = world_.make(server_, abi::Kind::reply);
        auto const bound = world_.make(server_, abi::Kind::notification);
        auto const out = world_.share(server_, door, caller_, abi::all_rights, 55);
        world_.call<abi::ThreadBindNotification>(server_, server_[at::thread], bound);
        if (s_.foreign)
            derivation::derive(caller_.thread->keeper, *server_.pool->find(door), abi::all_rights,
                               66);
        world_.message<abi::EndpointReceive>(*server_.thread, door, {.reply = reply});
        if (s_.passive_server) server_.thread->bind_context(nullptr);
        other_.thread->suspend();
        if (s_.other_ready) {
            other_.thread->priority = 120;
            other_.thread->run();
        }

        call(out);
        note();
        if (server_.thread->state == Thread::State::ready) {
            if (s_.kicked) caller_.thread->kick();
            if (s_.signalled) world_.object<Notification>(server_, bound).signal(8);
            if (s_.caller_queue) {
                auto& second = *queued_.thread;
                derivation::derive(second.keeper, *server_.pool->find(door), abi::all_rights, 3);
                world_.page_fault(second, 0x1000, 0);
            }
            answer(door, reply);
            note();
        }
        return story_;
    }

private:
    Scenario const s_;
    bool const slow_;
    World world_;
    Program& caller_ = world_.add_program({.foreign = s_.foreign, .priority = s_.caller_priority});
    Program& server_ = world_.add_program({.priority = s_.server_priority});
    Program& other_ = world_.add_program({.priority = 1});
    Program& queued_ = world_.add_program({.priority = 2});
    std::string story_;

    void call(abi::CapAddress out) {
        auto& thread = *caller_.thread;
        world_.become(thread);
        world_.set_message(
            thread, s_.foreign ? 42 : abi::call_word(abi::EndpointCall::number, out),
            {.tag = tag(s_.words, slow_ && !s_.foreign), .words = {1, 2, 3, 4, 5, 6, 7, 8}});
        if (s_.foreign && slow_) {
            thread.frame.vector = Frame::syscall;
            thread.frame.rip += 2;
            ipc::to_keeper(thread, Sending::foreign);
            leave_kernel();
        } else {
            world_.enter_once(thread);
        }
    }

    void answer(abi::CapAddress door, abi::CapAddress reply) {
        auto& thread = *server_.thread;
        world_.become(thread);
        world_.set_message(thread, abi::call_word(abi::EndpointReplyReceive::number, door),
                           {.tag = tag(s_.words, slow_),
                            .words = {11, 12, 13, 14, 15, 16, 17, 18},
                            .reply = reply});
        world_.enter_once(thread);
    }

    void note() {
        // The tag that the slow way was forced by is still in the registers of who sent it.
        for (auto* program : {&caller_, &server_, &other_, &queued_}) {
            auto& frame = program->thread->frame;
            auto const rbx = frame.rbx;
            frame.rbx &= ~Tag::flag_wait_for_server;
            story_ += describe(world_, *program->thread);
            frame.rbx = rbx;
        }
        EXPECT_EQ(broken_invariants(world_), "");
    }
};

TEST(FastPath, ComesToTheSameEndAsTheFullOperation) {
    unsigned count = 0;
    for (bool const foreign : {false, true})
        for (bool const passive : {false, true})
            for (auto const& [caller, server] : std::initializer_list<std::pair<int, int>>{
                     {50, 100}, {100, 50}, {80, 80}, {130, 140}, {110, 130}})
                for (std::uint32_t const words : {0u, 1u, 3u, 6u, 7u, 8u})
                    for (unsigned bits = 0; bits < 16; bits++) {
                        Scenario const scenario{foreign,
                                                passive,
                                                static_cast<std::uint8_t>(caller),
                                                static_cast<std::uint8_t>(server),
                                                words,
                                                (bits & 1) != 0,
                                                (bits & 2) != 0,
                                                (bits & 4) != 0,
                                                (bits & 8) != 0};
                        if (words != 3 && bits % 5 != 0) continue; // enough is enough
                        if (scenario.kicked && !foreign)
                            continue; // that ends a native thread's wait
                        SCOPED_TRACE(name_of(scenario));
                        auto const fast = Course{scenario, false}();
                        auto const full = Course{scenario, true}();
                        ASSERT_EQ(fast, full);
                        count++;
                    }
    EXPECT_GT(count, 300u);
}

TEST(FastPath, TakesTheSwitchWithoutTheScheduler) {
    World world;
    auto& caller = world.add_program({.priority = 50});
    auto& server = world.add_program({.priority = 100});
    auto const door = world.make(server, abi::Kind::endpoint);
    auto const reply = world.make(server, abi::Kind::reply);
    auto const out = world.share(server, door, caller);
    world.message<abi::EndpointReceive>(*server.thread, door, {.reply = reply});
    auto const calls = world.processor().counters.calls;
    for (unsigned i = 0; i < 5; i++) {
        world.message<abi::EndpointCall>(*caller.thread, out);
        world.message<abi::EndpointReplyReceive>(*server.thread, door, {.reply = reply});
    }
    EXPECT_EQ(world.processor().counters.calls, calls) << "the full operations are not entered";
    EXPECT_EQ(broken_invariants(world), "");
}

TEST(FastPath, TakesAFaultToItsKeeperAndThePageBack) {
    constexpr abi::Word place = 0x1000'0000;
    World world;
    auto& keeper = world.add_program({.priority = 150, .bytes = 1 << 20});
    auto& guest = world.add_program({.foreign = true, .priority = 50});
    auto const door = world.make(keeper, abi::Kind::endpoint);
    auto const reply = world.make(keeper, abi::Kind::reply);
    auto const memory = world.make(keeper, abi::Kind::memory, 64 << 10);
    auto const space = world.share(guest, guest[at::space], keeper);
    auto const handle = world.share(guest, guest[at::thread], keeper);
    ASSERT_TRUE(world.call<abi::ThreadSetKeeper>(keeper, handle, door).ok());
    ASSERT_TRUE(world.call<abi::SpaceAttach>(keeper, space, memory, abi::Word{1}).ok());
    world.message<abi::EndpointReceive>(*keeper.thread, door, {.reply = reply});

    auto& thread = *guest.thread;
    auto const calls = world.processor().counters.calls;
    for (abi::Word page = 0; page < 3; page++) {
        world.become(thread);
        thread.fault_address = place + page * abi::page_bytes;
        thread.fault_error = abi::fault_access::write;
        ASSERT_EQ(ipc::fast_report<Sending::page_fault>(thread), keeper.thread);
        EXPECT_EQ(keeper.thread->frame.rdi, place + page * abi::page_bytes);
        auto const before = thread.frame;
        world.message<abi::EndpointReplyReceive>(
            *keeper.thread, door,
            {.tag = Tag{}.with(Tag::flag_mapping),
             .words = {7, 1 | static_cast<abi::Word>(abi::Protection::read_write) << 16,
                       place + page * abi::page_bytes, page, 1},
             .reply = reply});
        EXPECT_EQ(world.processor().current, &thread);
        EXPECT_EQ(thread.frame.rax, before.rax) << "a fault has no result";
        EXPECT_EQ(broken_invariants(world), "");
    }
    EXPECT_EQ(world.processor().counters.calls, calls) << "the full operations are not entered";
    EXPECT_EQ(thread.space->attachment(1)->mapped, 3u);
}

TEST(FastPath, LetsEqualsOfWhoYieldsRunFirst) {
    World world;
    auto& keeper = world.add_program({.priority = 150});
    auto& guest = world.add_program({.foreign = true, .priority = 50});
    auto& other = world.add_program({.priority = 50});
    auto const door = world.make(keeper, abi::Kind::endpoint);
    auto const reply = world.make(keeper, abi::Kind::reply);
    auto const handle = world.share(guest, guest[at::thread], keeper);
    ASSERT_TRUE(world.call<abi::ThreadSetKeeper>(keeper, handle, door).ok());
    world.become(*other.thread); // and stands in the ready queue when others act
    world.message<abi::EndpointReceive>(*keeper.thread, door, {.reply = reply});
    world.foreign_call(*guest.thread, 24, {});
    world.message<abi::EndpointReplyReceive>(
        *keeper.thread, door, {.tag = Tag{0, 1}.with(Tag::flag_yield), .reply = reply});
    EXPECT_EQ(world.processor().current, other.thread);
    EXPECT_TRUE(schedule::runnable(*guest.thread));
    EXPECT_EQ(broken_invariants(world), "");
}

TEST(FastPath, FindsWhatIsAskedForAndNothingElse) {
    World world;
    auto& program = world.add_program({});
    auto const door = world.make(program, abi::Kind::endpoint);
    auto const narrow =
        world.share(program, door, program, abi::mask(abi::EndpointRights::receive));
    auto const bell = world.make(program, abi::Kind::notification);
    auto const found = [&](abi::CapAddress address) {
        Slot* slot;
        return ipc::fast::find<Endpoint>(*program.pool, address.raw, abi::EndpointRights::send,
                                         slot);
    };
    EXPECT_EQ(found(door), program.pool->find(door)->object);
    EXPECT_EQ(found(narrow), nullptr) << "too few rights";
    EXPECT_EQ(found(bell), nullptr) << "another kind";
    EXPECT_EQ(found({door.slot(), static_cast<std::uint16_t>(door.generation() + 1)}), nullptr)
        << "not there any more";
    EXPECT_EQ(found({}), nullptr) << "an empty slot";
}

} // namespace
} // namespace kernel
