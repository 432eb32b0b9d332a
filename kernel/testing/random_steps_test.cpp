// Whatever programs call, in whatever order: the invariants hold after every step.

#include <kernel/testing/invariants.hpp>
#include <kernel/testing/random_steps.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>

namespace kernel::testing {
namespace {

/// Set to look longer, or from another beginning.
std::uint64_t from_environment(char const* name, std::uint64_t otherwise) {
    auto const* const text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 0) : otherwise;
}

class RandomStepsOn : public ::testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Processors, RandomStepsOn, ::testing::Values(1, 2, 4));

TEST_P(RandomStepsOn, KeepTheInvariants) {
    auto const first = from_environment("SKERRY_SEED", 1);
    auto const seeds = from_environment("SKERRY_SEEDS", 12);
    auto const steps = from_environment("SKERRY_STEPS", 1000);
    std::uint64_t taken = 0;
    for (auto seed = first; seed < first + seeds; seed++) {
        Dice dice{seed};
        RandomSteps random{dice, GetParam()};
        std::deque<std::string> past;
        for (std::uint64_t i = 0; i < steps; i++) {
            if (!random.step()) break;
            taken++;
            past.push_back(random.last());
            if (past.size() > 12) past.pop_front();
            auto const broken = broken_invariants(random.world());
            if (broken.empty()) continue;
            std::string story;
            for (auto const& one : past) story += one + '\n';
            FAIL() << "seed " << seed << ", step " << i << ":\n" << story << broken;
        }
    }
    RecordProperty("steps", std::to_string(taken));
    if (std::getenv("SKERRY_SEEDS"))
        std::printf("%llu steps\n", static_cast<unsigned long long>(taken));
}

} // namespace
} // namespace kernel::testing
