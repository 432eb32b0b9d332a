#include <servers/supervisor/restart_policy.hpp>

#include <gtest/gtest.h>

using supervisor::RestartPolicy;

namespace {

constexpr std::uint64_t ms = 1'000'000;

protocols::manifest::Service service(std::uint32_t give_up_after = 0) {
    protocols::manifest::Service it{};
    it.first_delay_ms = 100;
    it.longest_delay_ms = 5000;
    it.healthy_ms = 10000;
    it.give_up_after = give_up_after;
    return it;
}

} // namespace

TEST(RestartPolicy, AtOnceThenDoublingUpToTheLongest) {
    RestartPolicy policy(service());
    for (std::uint64_t const delay : {0u, 100u, 200u, 400u, 800u, 1600u, 3200u, 5000u, 5000u})
        EXPECT_EQ(policy.failed(0, 1), delay * ms);
    for (int i = 0; i < 1000; i++) EXPECT_EQ(policy.failed(0, 1), 5000 * ms);
}

TEST(RestartPolicy, HealthMakesItForget) {
    RestartPolicy policy(service());
    policy.failed(0, 1);
    policy.failed(0, 1);
    EXPECT_EQ(policy.failed(0, 9999 * ms), 200 * ms);
    EXPECT_EQ(policy.failed(0, 10000 * ms), 0u);
    EXPECT_EQ(policy.failures(), 1u);
}

TEST(RestartPolicy, AnOperatorMakesItForgetToo) {
    RestartPolicy policy(service());
    policy.failed(0, 1);
    policy.forget();
    EXPECT_EQ(policy.failed(0, 1), 0u);
}

TEST(RestartPolicy, GivesUpOnlyIfTold) {
    RestartPolicy policy(service(3));
    EXPECT_TRUE(policy.failed(0, 1));
    EXPECT_TRUE(policy.failed(0, 1));
    EXPECT_FALSE(policy.failed(0, 1));
}
