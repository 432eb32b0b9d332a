// Mapping, unmapping, protecting, guarding and copying ranges, at random, against a model: the
// tables entry by entry, with pages of all three sizes; and all table memory back at the end.

#include <kernel/ipc/keeper_reply.hpp>
#include <kernel/testing/invariants.hpp>
#include <kernel/testing/page_model.hpp>

#include <gtest/gtest.h>

#include <random>

namespace kernel {
namespace {

using testing::PageModel;
using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr std::uint64_t page = abi::page_bytes;

/// A space with its model; every operation is done to both and compared.
class Twin {
public:
    Twin(World& world, AddressSpace& space) : world_(world), space(space) {}

    World& world_;
    AddressSpace& space;
    PageModel model;
    std::map<std::uint32_t, std::uint64_t> sizes; ///< pages of each attachment

    abi::RightsMask ceiling(std::uint32_t number) { return space.attachment(number)->slot.rights; }
    static bool allows(abi::RightsMask ceiling, abi::Protection protection) {
        return (ceiling & 1) && (!abi::writable(protection) || (ceiling & 2)) &&
               (!abi::executable(protection) || (ceiling & 4));
    }

    void attach(Program const& program, abi::CapAddress address) {
        auto& slot = *program.pool->find(address);
        auto const number = space.attach(static_cast<Memory&>(*slot.object), slot, 0);
        ASSERT_TRUE(number.has_value());
        sizes[*number] = slot.count();
    }

    void compare() {
        auto const expected = model.merged();
        auto const found = PageModel::of(space).merged();
        ASSERT_EQ(expected, found) << PageModel::text(expected) << "but the tables say\n"
                                   << PageModel::text(found);
    }

    void map(std::uint32_t number, std::uint64_t first, std::uint64_t offset, std::uint64_t count,
             abi::Protection protection, abi::RunOperation operation, unsigned step) {
        std::uint64_t done = 0;
        base::Result<> result;
        do {
            unsigned budget = step;
            result = space.map({number, {first * page}, offset, count, protection, operation},
                               budget, done);
        } while (result && done < count);
        if (!allows(ceiling(number), protection)) {
            ASSERT_EQ(result.error(), abi::Error::no_rights);
            return;
        }
        if (offset > sizes[number] || count > sizes[number] - offset) {
            ASSERT_EQ(result.error(), abi::Error::out_of_range);
            return;
        }
        auto end = first + count;
        for (auto const& [start, piece] : model.within(first, count))
            if (operation == abi::RunOperation::map_fresh || piece.guard()) {
                end = start;
                break;
            }
        ASSERT_EQ(done, end - first);
        ASSERT_EQ(result.has_value(), done == count);
        if (!result) ASSERT_EQ(result.error(), abi::Error::already_mapped);
        model.put(first, done, {0, number, offset, protection});
    }

    struct Steps {
        base::Result<> result;
        std::uint64_t done = 0;
    };
    /// In steps against small budgets, as a call does that is interrupted.
    static Steps stepwise(std::uint64_t count, unsigned step, auto&& f) {
        Steps all;
        while (all.result && all.done < count) {
            unsigned budget = step;
            all.result = f(budget, all.done);
        }
        return all;
    }

    void unmap(std::uint64_t first, std::uint64_t count, unsigned step) {
        auto const [result, done] =
            stepwise(count, step, [&](unsigned& budget, std::uint64_t& so_far) {
                return space.unmap({first * page}, count, budget, so_far);
            });
        ASSERT_TRUE(result.has_value());
        for (auto const& [start, piece] : model.within(first, count))
            if (!piece.guard()) model.erase(start, piece.end - start);
    }

    void protect(std::uint64_t first, std::uint64_t count, abi::Protection protection,
                 unsigned step) {
        auto const [result, done] =
            stepwise(count, step, [&](unsigned& budget, std::uint64_t& so_far) {
                return space.protect({first * page}, count, protection, budget, so_far);
            });
        auto refused = false;
        for (auto const& [start, piece] : model.within(first, count)) {
            if (piece.guard()) continue;
            if (!allows(ceiling(piece.attachment), protection)) {
                refused = true;
                ASSERT_EQ(done, start - first);
                break;
            }
            auto changed = piece;
            changed.protection = protection;
            model.put(start, piece.end - start, changed);
        }
        ASSERT_EQ(result.has_value(), !refused);
    }

    void guard(std::uint64_t first, std::uint64_t count, bool set, unsigned step) {
        auto const [result, done] =
            stepwise(count, step, [&](unsigned& budget, std::uint64_t& so_far) {
                return space.guard({first * page}, count, set, budget, so_far);
            });
        auto end = first + count;
        for (auto const& [start, piece] : model.within(first, count))
            if (!piece.guard()) {
                end = start;
                break;
            }
        ASSERT_EQ(result.has_value(), end == first + count);
        ASSERT_EQ(done, end - first);
        if (set)
            model.put(first, end - first, {0, 0, 0, abi::Protection::none});
        else
            model.erase(first, end - first);
    }

    void copy_from(Twin& source, std::uint64_t first, std::uint64_t count, bool write_protect,
                   unsigned step) {
        auto const [result, done] =
            stepwise(count, step, [&](unsigned& budget, std::uint64_t& so_far) {
                return space.copy_from(source.space, {first * page}, count, write_protect, budget,
                                       so_far);
            });
        auto end = first + count;
        for (auto const& [start, piece] : source.model.within(first, count)) {
            if (piece.guard()) continue;
            auto const length = piece.end - start;
            auto stop = model.first_used(start, length);
            if (!sizes.contains(piece.attachment) ||
                sizes[piece.attachment] != source.sizes[piece.attachment] ||
                (source.ceiling(piece.attachment) & ~ceiling(piece.attachment)) != 0)
                stop = start;
            auto copied = piece;
            if (write_protect && piece.protection == abi::Protection::read_write)
                copied.protection = abi::Protection::read;
            model.put(start, stop - start, copied);
            if (write_protect) source.model.put(start, stop - start, copied);
            if (stop < piece.end) {
                end = stop;
                break;
            }
        }
        ASSERT_EQ(result.has_value(), end == first + count);
        ASSERT_EQ(done, end - first);
    }
};

class AddressSpaces : public ::testing::TestWithParam<unsigned> {
protected:
    World world{48 << 20};
    Program& program = world.add_program({.privileged = true, .priority = 100, .bytes = 16 << 20});
    std::mt19937_64 dice{GetParam()};

    std::uint64_t below(std::uint64_t limit) { return dice() % limit; }

    AddressSpace& make_space() {
        return world.object<AddressSpace>(program, world.make(program, abi::Kind::address_space));
    }
    abi::CapAddress make_device(abi::Word bytes) {
        auto const made = world.call<abi::UntypedRetype>(
            program, program[at::device], abi::Kind::memory, bytes, program[at::untyped],
            abi::Place{{}, program.free_slot()}, abi::Cache::uncached);
        EXPECT_TRUE(made.ok());
        return abi::CapAddress{static_cast<std::uint32_t>(made.value)};
    }
    abi::CapAddress narrow(abi::CapAddress memory, abi::RightsMask rights, abi::Word first,
                           abi::Word count) {
        auto const made = world.call<abi::PoolMint>(program, program[at::pool], program.free_slot(),
                                                    memory, rights, first, count);
        EXPECT_TRUE(made.ok());
        return abi::CapAddress{static_cast<std::uint32_t>(made.value)};
    }

    std::uint64_t some_place() {
        constexpr std::uint64_t units[] = {1, 1, 512, 512 * 512};
        auto const unit = units[below(4)];
        return 512 * 512 + unit * below(unit == 512 * 512 ? 3 : unit == 512 ? 20 : 1200);
    }
    std::uint64_t some_count() {
        constexpr std::uint64_t counts[] = {1,   1,   2,    7,    64,     511,
                                            512, 513, 1024, 1500, 262144, 262657};
        return counts[below(std::size(counts))];
    }
    abi::Protection some_protection() {
        constexpr abi::Protection all[] = {abi::Protection::none, abi::Protection::read,
                                           abi::Protection::read_write,
                                           abi::Protection::read_execute};
        return all[below(4)];
    }

    void random_operation(Twin& twin, Twin& other) {
        auto const first = some_place();
        auto const count = some_count();
        auto const step = static_cast<unsigned>(1 + below(below(4) == 0 ? 3 : 200));
        switch (below(9)) {
        case 0:
        case 1:
        case 2:
        case 3: {
            auto const number = static_cast<std::uint32_t>(1 + below(4));
            auto const offset = below(2) ? first % 512 * (number == 1) : 512 * below(3);
            auto const operation =
                below(2) ? abi::RunOperation::map_fresh : abi::RunOperation::replace;
            auto const most = twin.sizes[number] - std::min(offset, twin.sizes[number]);
            twin.map(number, first, offset, below(10) ? std::min(count, most) : count,
                     some_protection(), operation, step);
            break;
        }
        case 4:
        case 5: twin.unmap(first, count, step); break;
        case 6: twin.protect(first, count, some_protection(), step); break;
        case 7: twin.guard(first, 1 + below(700), below(2) == 0, step); break;
        default:
            twin.copy_from(other, first, std::min<std::uint64_t>(count, 2000), below(2) == 0, step);
            break;
        }
    }
};

TEST_P(AddressSpaces, AgreeWithTheirModel) {
    auto const free_before = program.memory->free_bytes();
    auto const live_before = program.memory->live_;
    {
        Twin one{world, make_space()};
        Twin two{world, make_space()};
        auto const huge = make_device(std::uint64_t{3} << 30);
        auto const ram = world.make(program, abi::Kind::memory, 4 << 20);
        auto const few = narrow(huge, 1, 100, 2000);
        auto const code = narrow(ram, 5, 0, 600);
        // Of the fourth, the second space has less.
        for (auto const memory : {huge, ram, few, code}) one.attach(program, memory);
        for (auto const memory : {huge, ram, few, narrow(code, 1, 0, 600)})
            two.attach(program, memory);
        world.processor().space = &one.space;
        one.space.load(world.processor());
        for (unsigned i = 0; i < 250; i++) {
            auto& twin = below(3) ? one : two;
            ASSERT_NO_FATAL_FAILURE(random_operation(twin, &twin == &one ? two : one)) << i;
            ASSERT_NO_FATAL_FAILURE(one.compare()) << i;
            ASSERT_NO_FATAL_FAILURE(two.compare()) << i;
            if (below(40) == 0) {
                // Detached in steps, and attached again under the same number.
                auto const number = static_cast<std::uint32_t>(1 + below(4));
                unsigned rounds = 0;
                for (unsigned budget = 50;
                     !teardown::remove(twin.space.attachment(number)->slot, budget); budget = 50)
                    ASSERT_LT(rounds++, 10'000u) << "it never ends";
                twin.model.erase_attachment(number);
                ASSERT_NO_FATAL_FAILURE(twin.compare());
                abi::CapAddress const memory[] = {huge, ram, few, code};
                twin.attach(program, memory[number - 1]);
            }
            for (unsigned k = 0; k < 3; k++) arch::fake_machine.touch(some_place() * page);
            world.processor().space = &one.space;
            auto const stale = arch::fake_machine.stale_translation();
            ASSERT_FALSE(stale) << std::hex << *stale << " in step " << i;
        }
        world.processor().space = program.space;
        program.space->load(world.processor());
        ASSERT_EQ(broken_invariants(world), "");
    }
    // Everything that was made since goes, and so does all that the spaces took.
    for (std::uint16_t number = at::free; number < 64; number++)
        if (auto& slot = *program.pool->slot(number); !slot.empty())
            world.remove(program, slot.address(number));
    EXPECT_EQ(program.memory->free_bytes(), free_before);
    EXPECT_EQ(program.memory->live_, live_before);
    EXPECT_EQ(broken_invariants(world), "");
}
INSTANTIATE_TEST_SUITE_P(Seeds, AddressSpaces, ::testing::Range(1u, 9u));

/// A revoke in progress is not outrun by forks.
TEST(AddressSpaceRevoke, KeepsCopiesOut) {
    World world;
    auto& program = world.add_program({.bytes = 2 << 20});
    auto const memory = world.make(program, abi::Kind::memory, 512 << 10);
    auto const other = world.make(program, abi::Kind::address_space);
    for (auto const space : {other, program[at::space]}) // the last goes first
        ASSERT_TRUE(world.call<abi::SpaceAttach>(program, space, memory, abi::Word{1}).ok());
    ASSERT_TRUE(world
                    .call<abi::SpaceMap>(program, program[at::space], abi::Word{1},
                                         abi::Word{0x10'0000}, abi::Word{0}, abi::Word{128},
                                         abi::Protection::read, abi::RunOperation::map_fresh)
                    .ok());
    unsigned budget = 1;
    auto& slot = *program.pool->find(memory);
    ASSERT_FALSE(teardown::revoke(slot, *program.thread, budget));
    EXPECT_TRUE(world
                    .call<abi::SpaceCopyMappings>(program, other, program[at::space],
                                                  abi::Word{0x10'0000}, abi::Word{128},
                                                  abi::Word{0})
                    .failed(abi::Error::revoked));
    EXPECT_TRUE(world
                    .call<abi::SpaceMap>(program, program[at::space], abi::Word{1},
                                         abi::Word{0x20'0000}, abi::Word{0}, abi::Word{1},
                                         abi::Protection::read, abi::RunOperation::map_fresh)
                    .failed(abi::Error::revoked));
    EXPECT_EQ(broken_invariants(world), "");
    EXPECT_TRUE(world.call<abi::PoolRevoke>(program, program[at::pool], memory).ok());
    EXPECT_EQ(program.space->attachment(1), nullptr);
}

/// Calls on ranges, with so small a budget that each is made again many times.
class AddressSpaceSteps : public ::testing::Test {
protected:
    static constexpr abi::Word start = 0x1000'0000;
    World world{48 << 20};
    Program& program = world.add_program({.bytes = 4 << 20});
    abi::CapAddress space = program[at::space];
    abi::CapAddress twin = world.make(program, abi::Kind::address_space);
    abi::CapAddress memory = world.make(program, abi::Kind::memory, 2 << 20);

    void SetUp() override {
        for (auto const one : {space, twin})
            ASSERT_TRUE(world.call<abi::SpaceAttach>(program, one, memory, abi::Word{1}).ok());
        arch::step_budget = 3;
    }
    void TearDown() override {
        arch::step_budget = 128;
        EXPECT_EQ(program.thread->progress, 0u);
        EXPECT_EQ(broken_invariants(world), "");
    }
    testing::Outcome map(abi::Word first, abi::Word pages) {
        return world.call<abi::SpaceMap>(program, space, abi::Word{1}, start + first * page,
                                         abi::Word{0}, pages, abi::Protection::read_write,
                                         abi::RunOperation::map_fresh);
    }
    static void expect(testing::Outcome const& made, abi::Error error, abi::Word done) {
        EXPECT_TRUE(made.returned);
        EXPECT_EQ(made.error, error);
        EXPECT_EQ(made.value, done);
    }
};

TEST_F(AddressSpaceSteps, SayHowFarTheyCame) {
    using enum abi::Error;
    expect(map(0, 300), ok, 300);
    expect(map(300, 200), ok, 200);
    expect(
        world.call<abi::SpaceProtect>(program, space, start, abi::Word{500}, abi::Protection::read),
        ok, 500);
    expect(world.call<abi::SpaceCopyMappings>(program, twin, space, start, abi::Word{500},
                                              abi::Word{1}),
           ok, 500);
    expect(world.call<abi::SpaceUnmap>(program, space, start, abi::Word{150}), ok, 150);
    expect(world.call<abi::SpaceGuard>(program, space, start, abi::Word{100}, abi::Word{1}), ok,
           100);
    EXPECT_TRUE(program.space->guarded({start + 99 * page}));
    EXPECT_FALSE(program.space->guarded({start + 100 * page}));
}

TEST_F(AddressSpaceSteps, SayWhereTheyFailed) {
    using enum abi::Error;
    expect(map(200, 1), ok, 1);
    expect(map(0, 300), already_mapped, 200);
    expect(world.call<abi::SpaceGuard>(program, space, start - 100 * page, abi::Word{300},
                                       abi::Word{1}),
           already_mapped, 100);
    expect(world.call<abi::SpaceCopyMappings>(program, twin, space, start, abi::Word{201},
                                              abi::Word{0}),
           ok, 201);
    expect(world.call<abi::SpaceCopyMappings>(program, twin, space, start + 100 * page,
                                              abi::Word{101}, abi::Word{0}),
           already_mapped, 0);
    expect(map(201, 513), out_of_range, 0);
    expect(world.call<abi::SpaceUnmap>(program, space, start + 1, abi::Word{1}), misaligned, 0);
}

TEST_F(AddressSpaceSteps, RunsSayWhatIsLeft) {
    using enum abi::Error;
    auto& runs = program.thread->message_page->runs;
    auto const run = [](abi::Word first, abi::RunOperation operation) {
        return start + first * page | static_cast<abi::Word>(operation) | abi::Word{3} << 4;
    };
    auto const refused = [&](abi::Word count) {
        return world.call<abi::SpaceApply>(program, space, abi::Word{1}, count);
    };
    runs[0] = {run(0, abi::RunOperation::map_fresh), 0, 200};
    runs[1] = {run(250, abi::RunOperation::map_fresh), 200, 100};
    runs[2] = {run(250, abi::RunOperation::unmap), 0, 90};
    runs[3] = {run(190, abi::RunOperation::map_fresh), 7, 0};
    expect(refused(4), ok, 4);
    runs[0] = {run(100, abi::RunOperation::unmap), 0, 50};
    runs[1] = {run(300, abi::RunOperation::map_fresh), 100, 100};
    expect(refused(2), already_mapped, 1);
    EXPECT_EQ(runs[1].address_and_operation, run(340, abi::RunOperation::map_fresh));
    EXPECT_EQ(runs[1].offset_pages, 140u);
    EXPECT_EQ(runs[1].pages, 60u);
}

TEST_F(AddressSpaceSteps, NewRegistersBeginAnew) {
    auto& worker = world.add_thread(program);
    world.become(worker);
    world.prepare<abi::SpaceMap>(worker, space, abi::Word{1}, start, abi::Word{0}, abi::Word{300},
                                 abi::Protection::read, abi::RunOperation::map_fresh);
    worker.frame.rip = World::code;
    world.enter_once(worker);
    ASSERT_EQ(worker.frame.rip, World::code) << "it goes on";
    ASSERT_GT(worker.progress, 0u);
    world.become(*program.thread);
    worker.suspend();
    EXPECT_GT(worker.progress, 0u) << "and still does, when it is resumed";
    abi::MessagePage given{};
    given.registers.rip = World::code;
    ipc::write_registers(worker, given.registers, given);
    EXPECT_EQ(worker.progress, 0u);
}

/// Tables run out at every possible moment: an error that names it, and nothing inconsistent.
TEST(AddressSpaceMemory, RunsOutAnywhere) {
    World world{48 << 20};
    auto& rich = world.add_program({.privileged = true, .bytes = 4 << 20});
    auto const device = world.call<abi::UntypedRetype>(
        rich, rich[at::device], abi::Kind::memory, abi::Word{2} << 30, rich[at::untyped],
        abi::Place{{}, rich.free_slot()}, abi::Cache::uncached);
    ASSERT_TRUE(device.ok());
    auto const memory = abi::CapAddress{static_cast<std::uint32_t>(device.value)};
    for (abi::Word kept = 0; kept < 10; kept++) {
        auto const untyped = world.make(rich, abi::Kind::untyped, 64 << 10);
        auto const made = world.call<abi::UntypedRetype>(
            rich, untyped, abi::Kind::address_space, abi::Word{0}, abi::CapAddress{},
            abi::Place{{}, rich.free_slot()}, abi::Cache::write_back);
        ASSERT_TRUE(made.ok());
        auto const address = abi::CapAddress{static_cast<std::uint32_t>(made.value)};
        auto const attached = world.call<abi::SpaceAttach>(rich, address, memory, abi::Word{0});
        ASSERT_TRUE(attached.ok());
        // Leave only so many pages for tables.
        auto& home = world.object<Untyped>(rich, untyped);
        auto const too_much = base::align_down(home.bytes() - home.bump_, page) - kept * page;
        auto const taken = world.call<abi::UntypedRetype>(
            rich, untyped, abi::Kind::memory, too_much, rich[at::untyped],
            abi::Place{{}, rich.free_slot()}, abi::Cache::write_back);
        ASSERT_TRUE(taken.ok());
        auto const map = [&](abi::Word where, abi::Word offset, abi::Word pages) {
            auto const result =
                world.call<abi::SpaceMap>(rich, address, attached.value, where, offset, pages,
                                          abi::Protection::read_write, abi::RunOperation::replace);
            EXPECT_TRUE(result.ok() || result.failed(abi::Error::no_table_memory));
            EXPECT_EQ(broken_invariants(world), "");
        };
        map(0x4000'0000, 0, 512 * 512);
        map(0x4000'3000, 7, 1);
        map(0x80'0000'0000 - page, 3, 2);
        map(0x8000'0000, 512, 1024);
        for (auto const where : {abi::Word{0x4020'1000}, abi::Word{0x8010'0000}}) {
            auto const unmapped = world.call<abi::SpaceUnmap>(rich, address, where, abi::Word{600});
            EXPECT_TRUE(unmapped.ok() || unmapped.failed(abi::Error::no_table_memory));
            EXPECT_EQ(broken_invariants(world), "");
            auto const protect = world.call<abi::SpaceProtect>(rich, address, where + 0x40'0000,
                                                               abi::Word{5}, abi::Protection::read);
            EXPECT_TRUE(protect.ok() || protect.failed(abi::Error::no_table_memory));
            EXPECT_EQ(broken_invariants(world), "");
        }
        auto const guard = world.call<abi::SpaceGuard>(rich, address, abi::Word{0x70'0000'0000},
                                                       abi::Word{512}, abi::Word{1});
        EXPECT_TRUE(guard.ok() || guard.failed(abi::Error::no_table_memory));
        EXPECT_EQ(broken_invariants(world), "");
        world.remove(rich, abi::CapAddress{static_cast<std::uint32_t>(taken.value)});
        world.remove(rich, address);
        EXPECT_EQ(home.free_bytes(), home.bytes()) << "all tables are back";
        world.remove(rich, untyped);
        EXPECT_EQ(broken_invariants(world), "");
    }
}

} // namespace
} // namespace kernel
