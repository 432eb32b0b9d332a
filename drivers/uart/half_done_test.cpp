#include <drivers/uart/half_done.hpp>
#include <drivers/uart/window_magic.h>

#include <gtest/gtest.h>

namespace uart {
namespace {

TEST(HalfDone, nothing_outside_a_window) { EXPECT_EQ(half_done({}), std::nullopt); }

TEST(HalfDone, the_address_register_says_how_far_it_came) {
    abi::RegisterFile registers{};
    registers.r9 = 0x2f8;
    registers.rbx = 0 - std::uint64_t{0x10'0000}; // position 0 lies at address 0x100000
    registers.rsi = 0x10'0007;
    registers.rdi = 0x10'0003;
    registers.r15 = UART_TRANSMIT_MAGIC;
    EXPECT_EQ(half_done(registers), (HalfDone{0x2f8, Direction::transmit, 7}));
    registers.r15 = UART_RECEIVE_MAGIC;
    EXPECT_EQ(half_done(registers), (HalfDone{0x2f8, Direction::receive, 3}));
}

TEST(HalfDone, is_believed_within_the_reach_of_a_window) {
    auto const after = [](Direction direction, std::uint64_t stored) {
        protocols::line::Line line{};
        line.to_send.consumed = line.received.produced = stored;
        complete({0x3f8, direction, 116}, line);
        return direction == Direction::transmit ? line.to_send.consumed.load()
                                                : line.received.produced.load();
    };
    EXPECT_EQ(after(Direction::transmit, 100), 116u);
    EXPECT_EQ(after(Direction::transmit, 116), 116u);
    EXPECT_EQ(after(Direction::transmit, 99), 99u);
    EXPECT_EQ(after(Direction::transmit, 117), 117u);
    EXPECT_EQ(after(Direction::receive, 115), 116u);
    EXPECT_EQ(after(Direction::receive, 114), 114u);
}

} // namespace
} // namespace uart
