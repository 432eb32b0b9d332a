// Kills the pump before each of its instructions and lets a successor finish.

#include <base/testing/single_step.hpp>
#include <servers/console/pump.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace console {
namespace {

using base::testing::SingleStep;
using protocols::terminal::TransferRecord;

/// All that outlives the pump.
struct World {
    protocols::RingPositions from{};
    protocols::RingPositions to{};
    TransferRecord record{};
    std::array<std::byte, 16> from_data{};
    std::array<std::byte, 8> to_data{};

    Pump pump() { return {{from, from_data}, {to, to_data}, record}; }

    void put(std::string_view text) {
        protocols::ByteProducer ring(from, from_data);
        ASSERT_EQ(ring.put(std::as_bytes(std::span(text))), text.size());
        ring.publish();
    }
    std::string take(std::size_t most = 100) {
        std::array<char, 100> text{};
        protocols::ByteConsumer ring(to, to_data);
        auto const count = ring.get(std::as_writable_bytes(std::span(text)).first(most));
        ring.acknowledge();
        return {text.data(), count};
    }
    /// Both rings begin shortly before their wraps, at places of their own.
    void stand_at(std::uint64_t source, std::uint64_t destination) {
        from.produced = from.consumed = source;
        to.produced = to.consumed = destination;
    }
};

using Snapshot = std::array<std::byte, sizeof(World)>;

Snapshot photograph(World const& world) {
    Snapshot result;
    std::memcpy(result.data(), static_cast<void const*>(&world), sizeof(World));
    return result;
}

TEST(Pump, moves_what_is_there_and_fits) {
    World world;
    world.stand_at(14, 5);
    world.put("0123456789");
    auto const first = world.pump().run();
    EXPECT_TRUE(first.moved);
    EXPECT_EQ(world.take(), "01234567");
    EXPECT_FALSE(first.destination);
    world.pump().run();
    EXPECT_EQ(world.take(), "89");
}

TEST(Pump, wakes_whoever_sleeps) {
    World world;
    protocols::ByteConsumer reader(world.to, world.to_data);
    ASSERT_TRUE(reader.prepare_sleep());
    world.put("0123456789abcdef");
    protocols::ByteProducer writer(world.from, world.from_data);
    ASSERT_TRUE(writer.prepare_sleep());
    auto const wakes = world.pump().run();
    EXPECT_TRUE(wakes.destination);
    EXPECT_TRUE(wakes.source);
    EXPECT_FALSE(world.pump().run().destination);
}

TEST(Pump, asks_to_be_woken_by_the_side_that_holds_it_up) {
    World world;
    world.pump().run();
    EXPECT_EQ(world.from.consumer_sleeps, 1u);
    world.put("0123456789");
    world.from.consumer_sleeps = 0;
    world.pump().run();
    EXPECT_EQ(world.to.producer_sleeps, 1u);
}

TEST(Pump, a_forged_record_leaves_the_rings_usable) {
    World world;
    world.put("abc");
    world.record.consumed = 1'000'000;
    world.record.produced = 3;
    world.record.pending = 1;
    world.pump().run();
    EXPECT_EQ(world.take(), "abc");
}

TEST(Pump, killed_before_any_instruction_it_loses_and_doubles_nothing) {
    std::string const text = "0123456789ab";
    World world;
    world.stand_at(11, 6);
    world.put(text);
    std::vector<Snapshot> deaths;
    std::size_t instructions = 0;
    std::string taken;
    std::vector<std::string> taken_before;
    while (taken.size() < text.size()) {
        SingleStep::run(
            {},
            [&](auto) {
                instructions++;
                auto const now = photograph(world);
                if (!deaths.empty() && deaths.back() == now) return;
                deaths.push_back(now);
                taken_before.push_back(taken);
            },
            [&] { world.pump().run(); });
        taken += world.take(5);
    }
    EXPECT_EQ(taken, text);
    EXPECT_GT(instructions, 300u);

    std::size_t pending = 0;
    for (std::size_t i = 0; i < deaths.size(); i++) {
        World after;
        std::memcpy(static_cast<void*>(&after), deaths[i].data(), sizeof(World));
        pending += after.record.pending;
        std::string result = taken_before[i];
        for (int round = 0; round < 5; round++) {
            after.pump().run();
            result += after.take(5);
        }
        ASSERT_EQ(result, text);
    }
    EXPECT_GE(pending, 6u);
}

} // namespace
} // namespace console
