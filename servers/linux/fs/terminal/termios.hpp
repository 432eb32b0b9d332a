#pragma once
// The terminal settings as Linux programs see them (asm-generic/termbits.h, ioctls.h on x86-64).

#include <array>
#include <cstdint>

namespace personality {

using ControlCharacters = std::array<std::uint8_t, 19>;

/// What TCGETS copies out: 36 bytes.
struct Termios {
    std::uint32_t input = 0;
    std::uint32_t output = 0;
    std::uint32_t control = 0;
    std::uint32_t local = 0;
    std::uint8_t line = 0;
    ControlCharacters characters{};
    bool operator==(Termios const&) const = default;
};
static_assert(sizeof(Termios) == 36);

/// What TCGETS2 copies out.
struct Termios2 {
    Termios basic;
    std::uint32_t input_speed = 0;
    std::uint32_t output_speed = 0;
};

struct WindowSize {
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
    std::uint16_t x_pixels = 0;
    std::uint16_t y_pixels = 0;
    bool operator==(WindowSize const&) const = default;
};

namespace input_flag {
constexpr std::uint32_t ignore_break = 0x0001;
constexpr std::uint32_t strip = 0x0020;
constexpr std::uint32_t nl_to_cr = 0x0040;
constexpr std::uint32_t ignore_cr = 0x0080;
constexpr std::uint32_t cr_to_nl = 0x0100;
constexpr std::uint32_t flow_control = 0x0400; // IXON
constexpr std::uint32_t any_restarts = 0x0800; // IXANY
constexpr std::uint32_t bell_when_full = 0x2000;
constexpr std::uint32_t utf8 = 0x4000;
} // namespace input_flag

namespace output_flag {
constexpr std::uint32_t process = 0x01; // OPOST
constexpr std::uint32_t nl_to_crnl = 0x04;
constexpr std::uint32_t cr_to_nl = 0x08;
constexpr std::uint32_t no_cr_at_column_0 = 0x10;
constexpr std::uint32_t nl_returns = 0x20;
constexpr std::uint32_t expand_tabs = 0x1800;
} // namespace output_flag

namespace control_flag {
constexpr std::uint32_t speed = 0x100f;       ///< CBAUD: one of the usual speeds by its number
constexpr std::uint32_t other_speed = 0x1000; ///< BOTHER: it stands in Termios2
constexpr std::uint32_t character_size = 0x30, eight_bits = 0x30, receiver = 0x80, parity = 0x100;
} // namespace control_flag

namespace local_flag {
constexpr std::uint32_t signals = 0x0001;   // ISIG
constexpr std::uint32_t canonical = 0x0002; // ICANON
constexpr std::uint32_t echo = 0x0008;
constexpr std::uint32_t echo_erase = 0x0010;
constexpr std::uint32_t echo_kill = 0x0020;
constexpr std::uint32_t echo_newline = 0x0040;
constexpr std::uint32_t no_flush = 0x0080;
constexpr std::uint32_t stop_background_output = 0x0100; // TOSTOP
constexpr std::uint32_t echo_control = 0x0200;
constexpr std::uint32_t echo_kill_erases = 0x0800;
constexpr std::uint32_t extended = 0x8000; // IEXTEN
} // namespace local_flag

/// Places in Termios::characters.
namespace control_character {
enum : unsigned {
    interrupt = 0,
    quit = 1,
    erase = 2,
    kill = 3,
    end_of_file = 4,
    time = 5,
    minimum = 6,
    start = 8,
    stop = 9,
    suspend = 10,
    end_of_line = 11,
    reprint = 12,
    word_erase = 14,
    literal_next = 15,
    end_of_line_2 = 16,
};
} // namespace control_character

/// Bits per second for the number in the control flags; none for BOTHER.
constexpr std::uint32_t usual_speed(std::uint32_t control) {
    constexpr std::array<std::uint32_t, 32> speeds{
        0,       50,      75,      110,     134,     150,     200,     300,
        600,     1200,    1800,    2400,    4800,    9600,    19200,   38400,
        0,       57600,   115200,  230400,  460800,  500000,  576000,  921600,
        1000000, 1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000};
    return speeds[(control & 0xf) | ((control & control_flag::other_speed) != 0 ? 16 : 0)];
}

/// How a terminal begins: Linux's tty_std_termios at 115200 baud, with UTF-8 erasing.
constexpr Termios standard_termios{
    .input = input_flag::cr_to_nl | input_flag::flow_control | input_flag::utf8,
    .output = output_flag::process | output_flag::nl_to_crnl,
    .control = 0x1cb2, // B115200 CS8 CREAD HUPCL CLOCAL
    .local = local_flag::signals | local_flag::canonical | local_flag::echo |
             local_flag::echo_erase | local_flag::echo_kill | local_flag::echo_control |
             local_flag::echo_kill_erases | local_flag::extended,
    .line = 0,
    .characters = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0},
};

/// How a pseudo-terminal begins.
constexpr Termios pseudo_termios = [] {
    auto termios = standard_termios;
    termios.input = input_flag::cr_to_nl | input_flag::flow_control;
    termios.control = 0xbf; // B38400 CS8 CREAD
    return termios;
}();

} // namespace personality
