#include <kernel/memory/translations.hpp>

#include <kernel/sched/schedule.hpp>
#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

TEST(Translations, AreKeptForTheSameStampAlone) {
    SpaceTags tags;
    Translations here;
    auto first = tags.fresh();
    EXPECT_GT(first.number, 0u);
    EXPECT_FALSE(here.keep(first)) << "never loaded";
    EXPECT_TRUE(here.keep(first));
    tags.renew(first);
    EXPECT_FALSE(here.keep(first)) << "changed";
    EXPECT_TRUE(here.keep(first));
}

TEST(Translations, NumbersAreSharedAndStampsAreNot) {
    SpaceTags tags;
    Translations here;
    std::vector<SpaceTag> all;
    for (unsigned i = 0; i < 3 * arch::space_numbers; i++) {
        all.push_back(tags.fresh());
        EXPECT_LT(all.back().number, arch::space_numbers);
        EXPECT_FALSE(here.keep(all.back())) << "a new space finds nothing of the dead";
    }
    auto const& newest = all.back();
    for (auto const& one : all)
        if (one.number == newest.number && one.stamp != newest.stamp) {
            EXPECT_FALSE(here.keep(one));
            EXPECT_FALSE(here.keep(newest)) << "the other has displaced it";
        }
    EXPECT_TRUE(here.keep(newest));
}

/// A page in a space that one processor has left for another space, and remembers.
class Remembered : public ::testing::TestWithParam<unsigned> {
protected:
    static constexpr abi::Word page = 0x10'0000;

    World world{8 << 20, 2};
    bool tagged = arch::fake_machine.tags_spaces = true;
    Program& changer = world.add_program({.privileged = true, .processor = GetParam()});
    Program& user = world.add_program({.processor = 1});
    Program& other = world.add_program({.processor = 1});
    abi::CapAddress space = world.share(user, user[at::space], changer);

    void SetUp() override {
        auto const memory = world.make(user, abi::Kind::memory, 64 << 10);
        auto const attached =
            world.call<abi::SpaceAttach>(user, user[at::space], memory, abi::Word{0});
        ASSERT_TRUE(world
                        .call<abi::SpaceMap>(
                            user, user[at::space], attached.value, page, abi::Word{0}, abi::Word{3},
                            abi::Protection::read_write, abi::RunOperation::map_fresh)
                        .ok());
        use();
        world.become(*other.thread);
    }
    void TearDown() override { EXPECT_EQ(broken_invariants(world), ""); }

    /// What the user's processor remembers once the user runs again and has looked at the page.
    std::size_t use() {
        world.become(*user.thread);
        world.on(1);
        auto const remembered = arch::fake_machine.translations.size();
        arch::fake_machine.touch(page);
        return remembered;
    }
};
INSTANTIATE_TEST_SUITE_P(ChangedFrom, Remembered, ::testing::Values(0, 1));

TEST_P(Remembered, OverASwitch) { EXPECT_GT(use(), 0u); }

TEST_P(Remembered, ButNotWhatHasChanged) {
    EXPECT_TRUE(world.call<abi::SpaceUnmap>(changer, space, page, abi::Word{1}).ok());
    EXPECT_EQ(use(), 0u);
}

TEST_P(Remembered, NorUnderARunningProgramThatIsIsolated) {
    arch::fake_machine.isolated = true;
    use();
    EXPECT_TRUE(world.call<abi::SpaceUnmap>(changer, space, page, abi::Word{1}).ok());
    world.on(1);
    EXPECT_EQ(arch::fake_machine.stale_translation(), std::nullopt);
}

TEST_P(Remembered, NorBySomebodyElse) {
    // So many that one has the same number.
    std::vector<abi::CapAddress> spaces;
    for (unsigned i = 0; i < 2 * arch::space_numbers; i++)
        spaces.push_back(world.make(changer, abi::Kind::address_space));
    for (auto const fresh : spaces) {
        auto& made = world.object<AddressSpace>(changer, fresh);
        world.on(1);
        made.load(*root().processors[1]);
        EXPECT_TRUE(arch::fake_machine.translations.empty());
    }
    user.thread->space->load(*root().processors[1]);
    EXPECT_TRUE(arch::fake_machine.translations.empty());
    root().processors[1]->space->load(*root().processors[1]);
}

TEST_P(Remembered, UntilTheSpaceEnds) {
    auto const process = world.share(user, user[at::process], changer);
    EXPECT_TRUE(world.call<abi::ProcessKill>(changer, process, abi::Word{1}).ok());
    auto& next = world.add_program({.processor = 1});
    world.become(*next.thread);
    world.on(1);
    EXPECT_TRUE(arch::fake_machine.translations.empty());
}

} // namespace
} // namespace kernel
