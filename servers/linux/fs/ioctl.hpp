#pragma once
// Numbers of ioctl, as x86-64 programs pass them, and the way their small arguments travel.

#include <servers/linux/call.hpp>
#include <servers/linux/outcome.hpp>

#include <cstdint>

namespace personality {

namespace ioctl {
constexpr std::uint32_t get_termios = 0x5401;
constexpr std::uint32_t set_termios = 0x5402; ///< then _drained 0x5403, _flushed 0x5404
constexpr std::uint32_t set_termios_drained = 0x5403;
constexpr std::uint32_t set_termios_flushed = 0x5404;
constexpr std::uint32_t send_break = 0x5409;
constexpr std::uint32_t flow = 0x540a;
constexpr std::uint32_t flush = 0x540b;
constexpr std::uint32_t exclusive = 0x540c;
constexpr std::uint32_t not_exclusive = 0x540d;
constexpr std::uint32_t make_controlling = 0x540e; ///< TIOCSCTTY
constexpr std::uint32_t get_group = 0x540f;
constexpr std::uint32_t set_group = 0x5410;
constexpr std::uint32_t bytes_to_write = 0x5411;
constexpr std::uint32_t insert_input = 0x5412;
constexpr std::uint32_t get_window = 0x5413;
constexpr std::uint32_t set_window = 0x5414;
constexpr std::uint32_t bytes_readable = 0x541b;   ///< FIONREAD
constexpr std::uint32_t packet_mode = 0x5420;      ///< TIOCPKT
constexpr std::uint32_t nonblocking = 0x5421;      ///< FIONBIO
constexpr std::uint32_t give_up_terminal = 0x5422; ///< TIOCNOTTY
constexpr std::uint32_t set_discipline = 0x5423;   ///< TIOCSETD
constexpr std::uint32_t get_discipline = 0x5424;
constexpr std::uint32_t send_break_posix = 0x5425;
constexpr std::uint32_t get_session = 0x5429;
constexpr std::uint32_t hang_up = 0x5437;          ///< TIOCVHANGUP
constexpr std::uint32_t open_peer = 0x5441;        ///< TIOCGPTPEER
constexpr std::uint32_t get_number = 0x8004'5430;  ///< TIOCGPTN
constexpr std::uint32_t set_lock = 0x4004'5431;    ///< TIOCSPTLCK
constexpr std::uint32_t get_device = 0x8004'5432;  ///< TIOCGDEV
constexpr std::uint32_t send_signal = 0x4004'5436; ///< TIOCSIG
constexpr std::uint32_t get_packet_mode = 0x8004'5438;
constexpr std::uint32_t get_lock = 0x8004'5439;
constexpr std::uint32_t get_exclusive = 0x8004'5440;
constexpr std::uint32_t get_termios2 = 0x802c'542a;
constexpr std::uint32_t set_termios2 = 0x402c'542b;
constexpr std::uint32_t set_termios2_drained = 0x402c'542c;
constexpr std::uint32_t set_termios2_flushed = 0x402c'542d;
constexpr std::uint32_t no_close_on_exec = 0x5450;
constexpr std::uint32_t close_on_exec = 0x5451;
constexpr std::uint32_t async = 0x5452;
constexpr std::uint32_t queue_size = 0x5460; ///< FIOQSIZE
} // namespace ioctl

/// Copy an answer out: 0 or EFAULT.
Outcome store_int(Call& call, std::uint64_t address, std::int32_t value);

} // namespace personality
