// Runs the driver on a model of the chip, and kills it before each of its instructions.

#include <base/testing/single_step.hpp>
#include <drivers/uart/half_done.hpp>
#include <drivers/uart/model_chip.hpp>
#include <drivers/uart/uart.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

namespace uart {
namespace {

using base::testing::Ports;
using base::testing::Registers;
using base::testing::SingleStep;
using protocols::ByteConsumer;
using protocols::ByteProducer;
using protocols::line::Line;
using protocols::line::Memory;

/// All that outlives the driver: the chip and the session memory.
struct World {
    ModelChip chip;
    std::unique_ptr<Memory> memory = std::make_unique<Memory>();

    Line& line() const { return memory->line[0]; }
    Memory::Data& data() const { return memory->data[0]; }
    Ports ports() {
        return {[this](std::uint16_t port) { return chip.in(port); },
                [this](std::uint16_t port, std::uint8_t value) { chip.out(port, value); }};
    }
    bool same(World const& other) const {
        return chip == other.chip &&
               std::memcmp(memory.get(), other.memory.get(), sizeof(Memory)) == 0;
    }
    World copy() const {
        World result{chip};
        std::memcpy(static_cast<void*>(result.memory.get()), memory.get(), sizeof(Memory));
        return result;
    }

    /// Both rings begin shortly before their wrap.
    void stand_at(std::uint64_t position) const {
        line().received.produced = line().received.consumed = position;
        line().to_send.produced = line().to_send.consumed = position;
    }
    void send(std::string const& text) const {
        ByteProducer ring(line().to_send, data().to_send);
        ring.put(std::as_bytes(std::span(text)));
        ring.publish();
    }
    std::string received() const {
        std::string text(100, ' ');
        auto const count = ByteConsumer(line().received, data().received)
                               .get(std::as_writable_bytes(std::span(text)));
        return text.substr(0, count);
    }
};

/// One incarnation, from its first instruction to the next wait.
void live(World& world, std::optional<HalfDone> const& half) {
    if (half) complete(*half, world.line());
    Uart chip(ModelChip::base, world.line(), world.data());
    if (!Uart::present(ModelChip::base)) return;
    chip.service();
    chip.listen();
}

/// The driver is woken until there is nothing left to do.
void finish(World& world, std::optional<HalfDone> half,
            std::function<void(Registers)> const& before = {}) {
    for (int rounds = 0; rounds < 5; rounds++) {
        SingleStep::run(world.ports(), before, [&] { live(world, half); });
        half.reset();
        world.chip.drain();
    }
}

abi::RegisterFile file(Registers const& registers) {
    abi::RegisterFile result{};
    result.r15 = registers.at(REG_R15);
    result.r9 = registers.at(REG_R9);
    result.rbx = registers.at(REG_RBX);
    result.rsi = registers.at(REG_RSI);
    result.rdi = registers.at(REG_RDI);
    return result;
}

TEST(Uart, an_absent_chip_is_noticed) {
    bool found = true;
    SingleStep::run(
        {[](std::uint16_t) { return std::uint8_t{0xff}; }, [](auto, auto) {}}, [](Registers) {},
        [&] { found = Uart::present(ModelChip::base); });
    EXPECT_FALSE(found);
}

TEST(Uart, a_fifo_in_use_is_not_cleared) {
    World world;
    world.chip.received_fifo = "typed";
    world.chip.transmit_fifo = "old";
    world.send("new");
    finish(world, std::nullopt);
    EXPECT_EQ(world.received(), "typed");
    EXPECT_EQ(world.chip.sent, "oldnew");
}

TEST(Uart, what_came_before_the_fifos_were_on_is_kept) {
    World world;
    world.chip.fifo_control = 0;
    world.chip.received_fifo = "x";
    finish(world, std::nullopt);
    EXPECT_EQ(world.received(), "x");
    EXPECT_EQ(world.chip.depth(), fifo_bytes);
}

TEST(Uart, input_stays_in_the_chip_while_the_ring_is_full) {
    World world;
    world.line().received.produced = protocols::line::ring_bytes;
    world.chip.received_fifo = "later";
    finish(world, std::nullopt);
    EXPECT_EQ(world.chip.received_fifo, "later");
    EXPECT_EQ(world.chip.interrupt_enable, 0);
    EXPECT_EQ(world.line().received.producer_sleeps, 1u);
}

TEST(Uart, killed_before_any_instruction_it_loses_and_doubles_nothing) {
    std::string const input = "every byte that was typed, once";
    std::string const output = "and every byte of the answer, in order";
    World world;
    world.stand_at(protocols::line::ring_bytes - 9);
    world.chip.arriving = input;
    world.send(output);

    struct Death {
        World world;
        std::optional<HalfDone> half;
    };
    std::vector<Death> deaths;
    std::size_t instructions = 0;
    auto const note = [&](Registers registers) {
        instructions++;
        auto const half = half_done(file(registers));
        if (deaths.empty() || deaths.back().half != half || !deaths.back().world.same(world))
            deaths.push_back({world.copy(), half});
    };
    finish(world, std::nullopt, note);
    EXPECT_GT(instructions, 1000u);
    EXPECT_GT(deaths.size(), 2 * (input.size() + output.size()));

    std::size_t in_windows = 0;
    for (auto& death : deaths) {
        in_windows += death.half.has_value() ? 1 : 0;
        finish(death.world, death.half);
        ASSERT_EQ(death.world.received(), input);
        ASSERT_EQ(death.world.chip.sent, output);
        ASSERT_FALSE(death.world.chip.overrun);
    }
    EXPECT_GT(in_windows, input.size() + output.size());
}

} // namespace
} // namespace uart
