// Every call, made with what it can't take: wrong kinds, too few rights, stale and empty slots,
// absurd numbers. An error each time, and not a byte of the kernel's state is another afterwards.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

/// Read behind the sanitizer's back: free memory counts too.
[[clang::no_sanitize("address")]] std::uint64_t digest(void const* from, std::size_t bytes) {
    auto const* word = static_cast<std::uint64_t const*>(from);
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    for (std::size_t i = 0; i < bytes / 8; i++) hash = (hash ^ word[i]) * 0x100'0000'01b3;
    return hash;
}

class Refusals : public ::testing::Test {
protected:
    World world{3 << 20};
    Program& program = world.add_program({.privileged = true, .bytes = 1 << 20});
    Program& other = world.add_program({.priority = 10, .bytes = 256 << 10});
    std::vector<abi::CapAddress> of_kind; ///< one capability of each kind, by number

    void SetUp() override {
        of_kind.resize(abi::kind_count);
        for (auto const number : {at::untyped, at::pool, at::process, at::space, at::thread,
                                  at::context, at::control, at::io_ports, at::message})
            keep(program[number]);
        for (auto const kind : {abi::Kind::endpoint, abi::Kind::reply, abi::Kind::notification,
                                abi::Kind::timer, abi::Kind::dma_space})
            keep(world.make(program, kind));
        auto const interrupt = world.call<abi::InterruptCreate>(
            program, program[at::control], program[at::untyped], abi::Word{3}, abi::Word{0},
            abi::Word{0}, abi::Place{{}, program.free_slot()});
        keep(abi::CapAddress{static_cast<std::uint32_t>(interrupt.value)});
    }
    void keep(abi::CapAddress address) {
        of_kind[static_cast<std::size_t>(program.pool->find(address)->object->kind)] = address;
    }

    /// All that a call might have changed but for the caller's own registers.
    std::uint64_t state() {
        auto& frame = program.thread->frame;
        auto const kept = std::exchange(frame, Frame{});
        auto& counters = world.processor().counters;
        auto const counted = std::exchange(counters, {});
        auto const sum = digest(arch::fake_machine.ram, arch::fake_machine.ram_bytes) ^
                         digest(&world.processor(), sizeof(Processor)) * 3 ^
                         digest(&root(), sizeof(Root)) * 5;
        frame = kept;
        counters = counted;
        return sum;
    }

    void set(abi::Word word, std::array<abi::Word, 6> arguments) {
        world.become(*program.thread);
        world.set_message(*program.thread, word,
                          {.words = {arguments[0], arguments[1], arguments[2], arguments[3],
                                     arguments[4], arguments[5]}});
    }

    /// The registers are set: the call fails (with this error, if one is named) and changes
    /// nothing.
    void expect_refusal(std::optional<abi::Error> error, std::uint16_t number) {
        auto const before = state();
        auto const result = world.enter(*program.thread);
        ASSERT_TRUE(result.returned) << "call " << number;
        if (error) EXPECT_EQ(abi::name(result.error), abi::name(*error)) << "call " << number;
        EXPECT_NE(result.error, abi::Error::ok) << "call " << number;
        EXPECT_EQ(state(), before) << "call " << number << " has changed something";
    }

    template <class F, class... C> void for_each_call(abi::CallList<C...>, F&& f) {
        (f.template operator()<C>(), ...);
    }
};

TEST_F(Refusals, WrongKindsAsTarget) {
    for_each_call(abi::Calls{}, [&]<class C>() {
        if (C::kind == abi::Kind::none) return;
        for (std::size_t kind = 1; kind < abi::kind_count; kind++) {
            if (!of_kind[kind] || static_cast<abi::Kind>(kind) == C::kind) continue;
            set(abi::call_word(C::number, of_kind[kind]), {});
            expect_refusal(abi::Error::wrong_kind, C::number);
        }
    });
}

TEST_F(Refusals, AbsentAndStaleTargets) {
    auto const stale = world.make(program, abi::Kind::endpoint);
    ASSERT_TRUE(world.call<abi::PoolDelete>(program, program[at::pool], stale).ok());
    for_each_call(abi::Calls{}, [&]<class C>() {
        if (C::kind == abi::Kind::none) return;
        for (auto const& [raw, error] : std::initializer_list<std::pair<std::uint32_t, abi::Error>>{
                 {0, abi::Error::bad_capability},
                 {0x1'0000 | 200, abi::Error::bad_capability},
                 {0x1'0000 | 300, abi::Error::bad_capability},
                 {0x1'ffff, abi::Error::bad_capability},
                 {0xffff'ffff, abi::Error::bad_capability},
                 {stale.raw, abi::Error::stale_capability},
                 {program[at::pool].raw + 0x1'0000, abi::Error::stale_capability}}) {
            set(abi::call_word(C::number, abi::CapAddress{raw}), {1, 1, 1, 1, 1, 1});
            expect_refusal(error, C::number);
        }
    });
}

TEST_F(Refusals, TooFewRights) {
    for_each_call(abi::Calls{}, [&]<class C>() {
        auto const need = static_cast<abi::RightsMask>(C::need);
        auto const full = of_kind[static_cast<std::size_t>(C::kind)];
        if (need == 0 || !full) return;
        auto const weak = world.share(program, full, program, static_cast<abi::RightsMask>(~need));
        set(abi::call_word(C::number, weak), {1, 1, 1, 1, 1, 1});
        expect_refusal(abi::Error::no_rights, C::number);
        ASSERT_TRUE(world.call<abi::PoolDelete>(program, program[at::pool], weak).ok());
    });
}

TEST_F(Refusals, UnknownNumbers) {
    std::array<bool, abi::call_numbers> known{};
    for_each_call(abi::Calls{}, [&]<class C>() { known[C::number] = true; });
    for (unsigned number = 0; number < 0x200; number++) {
        if (number < known.size() && known[number]) continue;
        set(abi::call_word(static_cast<std::uint16_t>(number), program[at::pool]), {});
        expect_refusal(abi::Error::unknown_call, static_cast<std::uint16_t>(number));
    }
    for (auto const raw : {0xffff'ffff'0000'0000, 0x8001'0000'0000'0000, ~abi::Word{0}}) {
        set(raw, {});
        expect_refusal(abi::Error::unknown_call, 0xffff);
    }
}

/// Each capability that a call takes as an argument, in turn, is of every wrong kind, weak, or
/// none.
TEST_F(Refusals, WrongCapabilitiesAsArguments) {
    using Case = std::pair<abi::Word, std::array<abi::Word, 6>>;
    auto const a = [&](abi::Kind kind) {
        return abi::Word{of_kind[static_cast<std::size_t>(kind)].raw};
    };
    auto const word = [&](std::uint16_t number, abi::Kind kind) {
        return abi::call_word(number, of_kind[static_cast<std::size_t>(kind)]);
    };
    auto const process = world.make(program, abi::Kind::process);
    auto const thread = world.make(program, abi::Kind::thread);
    // Marked with the position of the capability: ~0 in it.
    constexpr auto hole = ~abi::Word{0};
    abi::Word const place = abi::encode(abi::Place{{}, 120});
    Case const cases[] = {
        {word(abi::UntypedRetype::number, abi::Kind::untyped), {6, 4096, hole, place, 0, 0}},
        {word(abi::UntypedRetypeUnread::number, abi::Kind::untyped), {4096, hole, place, 0}},
        {word(abi::PoolGrow::number, abi::Kind::cap_pool), {hole}},
        {abi::call_word(abi::ProcessConfigure::number, process),
         {hole, a(abi::Kind::address_space), 0}},
        {abi::call_word(abi::ProcessConfigure::number, process), {a(abi::Kind::cap_pool), hole, 0}},
        {word(abi::ProcessBindEnd::number, abi::Kind::process), {hole, 1}},
        {abi::call_word(abi::ThreadConfigure::number, thread), {hole, 0, 0, 0}},
        {abi::call_word(abi::ThreadConfigure::number, thread), {a(abi::Kind::process), hole, 0, 0}},
        {word(abi::ThreadSetKeeper::number, abi::Kind::thread), {hole}},
        {word(abi::ThreadSetTimeout::number, abi::Kind::thread), {hole}},
        {word(abi::ThreadBindNotification::number, abi::Kind::thread), {hole}},
        {word(abi::ThreadBindContext::number, abi::Kind::thread), {hole}},
        {word(abi::SpaceAttach::number, abi::Kind::address_space), {hole, 0}},
        {word(abi::SpaceCopyMappings::number, abi::Kind::address_space), {hole, 0, 1, 0}},
        {word(abi::TimerArm::number, abi::Kind::timer), {1000, hole, 1}},
        {word(abi::SchedContextConfigure::number, abi::Kind::control), {hole, 0, 0}},
        {word(abi::InterruptCreate::number, abi::Kind::control), {hole, 4, 0, 0, place}},
        {word(abi::InterruptCreateMessage::number, abi::Kind::control), {hole, 0, 0, place}},
        {word(abi::InterruptBind::number, abi::Kind::interrupt), {hole, 1}},
    };
    abi::Kind const wanted[] = {
        abi::Kind::untyped,       abi::Kind::untyped,       abi::Kind::untyped,
        abi::Kind::cap_pool,      abi::Kind::address_space, abi::Kind::notification,
        abi::Kind::process,       abi::Kind::memory,        abi::Kind::endpoint,
        abi::Kind::endpoint,      abi::Kind::notification,  abi::Kind::sched_context,
        abi::Kind::memory,        abi::Kind::address_space, abi::Kind::notification,
        abi::Kind::sched_context, abi::Kind::untyped,       abi::Kind::untyped,
        abi::Kind::notification};
    for (std::size_t i = 0; i < std::size(cases); i++) {
        auto const number = static_cast<std::uint16_t>(cases[i].first >> 32 & 0xffff);
        auto with = [&](abi::Word raw) {
            auto arguments = cases[i].second;
            for (auto& one : arguments)
                if (one == hole) one = raw;
            set(cases[i].first, arguments);
        };
        for (std::size_t kind = 1; kind < abi::kind_count; kind++) {
            if (!of_kind[kind] || static_cast<abi::Kind>(kind) == wanted[i]) continue;
            with(of_kind[kind].raw);
            expect_refusal(abi::Error::wrong_kind, number);
        }
        // What attaching gives is bounded by the rights, and budgets are Control's to set.
        if (number != abi::SpaceAttach::number && number != abi::SchedContextConfigure::number) {
            auto const full = of_kind[static_cast<std::size_t>(wanted[i])];
            auto const weak = world.share(program, full, program, 0);
            with(weak.raw);
            expect_refusal(abi::Error::no_rights, number);
            ASSERT_TRUE(world.call<abi::PoolDelete>(program, program[at::pool], weak).ok());
        }
        with(0x1'0000 | 250);
        expect_refusal(abi::Error::bad_capability, number);
        with(program[at::pool].raw + 0x1'0000);
        expect_refusal(abi::Error::stale_capability, number);
    }
}

TEST_F(Refusals, AbsurdNumbers) {
    struct Case {
        abi::Word word;
        std::array<abi::Word, 6> arguments;
        abi::Error error;
    };
    auto const on = [&](std::uint16_t number, abi::Kind kind) {
        return abi::call_word(number, of_kind[static_cast<std::size_t>(kind)]);
    };
    constexpr abi::Word huge = ~abi::Word{0};
    constexpr abi::Word mebibyte = 1 << 20;
    using enum abi::Error;
    auto const own = program[at::pool].raw;
    auto const endpoint = of_kind[static_cast<std::size_t>(abi::Kind::endpoint)].raw;
    auto const memory = program[at::message].raw;
    ASSERT_TRUE(
        world
            .call<abi::SpaceAttach>(program, program[at::space], program[at::message], abi::Word{1})
            .ok());
    auto const space = abi::Kind::address_space;
    auto const pool = abi::Kind::cap_pool;
    for (auto const& [word, arguments, error] : std::initializer_list<Case>{
             {abi::call_word(abi::SetFsBase::number, {}), {abi::user_end}, out_of_range},
             {on(abi::PoolCopy::number, pool), {0, endpoint, 0xff}, out_of_range},
             {on(abi::PoolCopy::number, pool), {256, endpoint, 0xff}, out_of_range},
             {on(abi::PoolCopy::number, pool), {0xffff, endpoint, 0xff}, out_of_range},
             {on(abi::PoolCopy::number, pool), {at::pool, endpoint, 0xff}, slot_occupied},
             {on(abi::PoolMint::number, pool), {100, memory, 0xff, 0, 2}, out_of_range},
             {on(abi::PoolMint::number, pool), {100, memory, 0xff, 1, 1}, out_of_range},
             {on(abi::PoolMint::number, pool), {100, memory, 0xff, huge, 2}, out_of_range},
             {on(abi::PoolMint::number, pool), {100, memory, 0xff, 1, huge}, out_of_range},
             {on(abi::PoolMint::number, pool), {100, memory, 0xff, 0, 0}, bad_argument},
             {on(abi::PoolMint::number, pool), {100, own, 0xff, 0, 0}, wrong_kind},
             {on(abi::PoolMint::number, pool),
              {100, program[at::thread].raw, 0xff, 256, 0},
              no_rights},
             {on(abi::PoolMint::number, pool),
              {100, program[at::io_ports].raw, 0xff, 0xffff, 2},
              out_of_range},
             {on(abi::PoolMove::number, pool), {0, endpoint}, out_of_range},
             {on(abi::PoolInspect::number, pool), {256}, out_of_range},
             {on(abi::PoolDelete::number, pool), {0x1'0000 | 99}, bad_capability},
             {on(abi::PoolRevoke::number, pool), {huge}, bad_argument},
             {on(abi::ProcessConfigure::number, abi::Kind::process), {own, 0, 2}, bad_argument},
             {on(abi::ProcessConfigure::number, abi::Kind::process),
              {own, program[at::space].raw, 0},
              bad_state},
             {on(abi::ThreadConfigure::number, abi::Kind::thread),
              {program[at::process].raw, 0, 0, 0},
              bad_state},
             {on(abi::ThreadSetPriority::number, abi::Kind::thread), {huge}, bad_argument},
             {on(abi::ThreadSetReceiveSlots::number, abi::Kind::thread), {1, 5}, out_of_range},
             {on(abi::ThreadSetReceiveSlots::number, abi::Kind::thread), {0xffff, 2}, out_of_range},
             {on(abi::ThreadSetReceiveSlots::number, abi::Kind::thread), {1, huge}, out_of_range},
             {on(abi::ThreadReadRegisters::number, abi::Kind::thread), {}, bad_state},
             {on(abi::ThreadWriteRegisters::number, abi::Kind::thread), {}, bad_state},
             {on(abi::ThreadResume::number, abi::Kind::thread), {}, bad_state},
             {on(abi::SpaceAttach::number, space), {memory, 4096}, out_of_range},
             {on(abi::SpaceAttach::number, space), {memory, huge}, out_of_range},
             {on(abi::SpaceAttach::number, space), {memory, 1}, already_bound},
             {on(abi::SpaceDetach::number, space), {2}, not_attached},
             {on(abi::SpaceDetach::number, space), {0}, not_attached},
             {on(abi::SpaceDetach::number, space), {huge}, not_attached},
             {on(abi::SpaceMap::number, space), {2, mebibyte, 0, 1, 1, 0}, not_attached},
             {on(abi::SpaceMap::number, space), {huge, mebibyte, 0, 1, 1, 0}, not_attached},
             {on(abi::SpaceMap::number, space), {1, mebibyte, 1, 1, 1, 0}, out_of_range},
             {on(abi::SpaceMap::number, space), {1, mebibyte, huge, 2, 1, 0}, out_of_range},
             {on(abi::SpaceMap::number, space), {1, mebibyte, 0, 2, 1, 0}, out_of_range},
             {on(abi::SpaceMap::number, space), {1, mebibyte, 0, huge, 1, 0}, out_of_range},
             {on(abi::SpaceMap::number, space), {1, mebibyte + 1, 0, 1, 1, 0}, misaligned},
             {on(abi::SpaceMap::number, space), {1, abi::user_end, 0, 1, 1, 0}, out_of_range},
             {on(abi::SpaceMap::number, space), {1, huge << 12, 0, 1, 1, 0}, out_of_range},
             {on(abi::SpaceMap::number, space), {1, mebibyte, 0, 1, 7, 0}, write_and_execute},
             {on(abi::SpaceMap::number, space), {1, mebibyte, 0, 1, 2, 0}, bad_argument},
             {on(abi::SpaceMap::number, space), {1, mebibyte, 0, 1, 1, 2}, bad_argument},
             {on(abi::SpaceUnmap::number, space), {abi::user_end, 1}, out_of_range},
             {on(abi::SpaceUnmap::number, space), {0, huge}, out_of_range},
             {on(abi::SpaceUnmap::number, space), {1, 1}, misaligned},
             {on(abi::SpaceProtect::number, space), {mebibyte, 1, 6}, write_and_execute},
             {on(abi::SpaceProtect::number, space), {huge << 12, 1, 1}, out_of_range},
             {on(abi::SpaceApply::number, space), {1, 129}, out_of_range},
             {on(abi::SpaceApply::number, space), {huge, 1}, not_attached},
             {on(abi::SpaceCopyMappings::number, space),
              {program[at::space].raw, 0, 1, 0},
              bad_argument},
             {on(abi::SpaceTranslate::number, space), {mebibyte, 385, 0}, out_of_range},
             {on(abi::SpaceTranslate::number, space), {mebibyte, 1, 4}, bad_argument},
             {on(abi::SpaceGuard::number, space), {0, huge, 1}, out_of_range},
             {on(abi::SpaceGuard::number, space), {mebibyte, 1, 2}, bad_argument},
             {on(abi::NotificationPoll::number, abi::Kind::notification), {}, would_block},
             {on(abi::EndpointServe::number, abi::Kind::endpoint), {2}, bad_argument},
             {on(abi::ReplySend::number, abi::Kind::reply), {}, bad_state},
             {on(abi::EndpointCall::number, abi::Kind::endpoint), {}, not_received},
             {on(abi::EndpointReceive::number, abi::Kind::endpoint), {}, bad_capability},
             {on(abi::SchedContextConfigure::number, abi::Kind::control),
              {program[at::context].raw, 0, 0, 1},
              out_of_range},
             {on(abi::SchedContextConfigure::number, abi::Kind::control),
              {program[at::context].raw, 1, 2},
              out_of_range},
             {on(abi::SchedContextConfigure::number, abi::Kind::control),
              {program[at::context].raw, 0, 1'000'000},
              out_of_range},
             {on(abi::SchedContextConfigure::number, abi::Kind::control),
              {program[at::context].raw, 1'000'000, 999'999},
              out_of_range},
             {on(abi::SchedContextConfigure::number, abi::Kind::control),
              {program[at::context].raw, 1'000'000, huge},
              out_of_range},
             {on(abi::ControlLog::number, abi::Kind::control), {huge}, out_of_range},
             {on(abi::ControlPower::number, abi::Kind::control), {2, 0}, bad_argument},
             {on(abi::PortsRead::number, abi::Kind::io_ports), {0, 3}, bad_argument},
             {on(abi::PortsRead::number, abi::Kind::io_ports), {0x1'0000, 1}, out_of_range},
             {on(abi::PortsWrite::number, abi::Kind::io_ports), {0xffff, 2, 0}, out_of_range},
         }) {
        set(word, arguments);
        expect_refusal(error, static_cast<std::uint16_t>(word >> 32 & 0xffff));
    }
}

TEST_F(Refusals, WithoutAMessagePage) {
    ASSERT_TRUE(world.call<abi::PoolRevoke>(program, program[at::pool], program[at::message]).ok());
    for (auto const& [number, kind] : std::initializer_list<std::pair<std::uint16_t, abi::Kind>>{
             {abi::PoolInspect::number, abi::Kind::cap_pool},
             {abi::ProcessInspect::number, abi::Kind::process},
             {abi::ThreadInspect::number, abi::Kind::thread},
             {abi::ThreadReadRegisters::number, abi::Kind::thread},
             {abi::ThreadWriteRegisters::number, abi::Kind::thread},
             {abi::SpaceApply::number, abi::Kind::address_space},
             {abi::SpaceTranslate::number, abi::Kind::address_space},
             {abi::ControlLog::number, abi::Kind::control},
             {abi::ControlCounters::number, abi::Kind::control}}) {
        set(abi::call_word(number, of_kind[static_cast<std::size_t>(kind)]), {0, 0, 0, 0, 0, 0});
        expect_refusal(abi::Error::no_message_page, number);
    }
}

TEST_F(Refusals, ForProcessesWithoutAPool) {
    unsigned budget = 10;
    teardown::remove(program.process->pool_slot, budget);
    for_each_call(abi::Calls{}, [&]<class C>() {
        if (C::kind == abi::Kind::none) return;
        set(abi::call_word(C::number, program[at::pool]), {1, 1, 1, 1, 1, 1});
        expect_refusal(abi::Error::bad_capability, C::number);
    });
}

} // namespace
} // namespace kernel
