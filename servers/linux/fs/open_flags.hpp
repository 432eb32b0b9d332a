#pragma once
// The flags of open, fcntl and of the *at calls, as x86-64 programs pass them (fcntl.h).

#include <cstdint>

namespace personality {

namespace open_flag {
constexpr std::uint32_t access_mask = 03;
constexpr std::uint32_t read_only = 00, write_only = 01, read_write = 02;
constexpr std::uint32_t create = 0100;
constexpr std::uint32_t exclusive = 0200;
constexpr std::uint32_t no_terminal = 0400;
constexpr std::uint32_t truncate = 01000;
constexpr std::uint32_t append = 02000;
constexpr std::uint32_t nonblock = 04000;
constexpr std::uint32_t data_sync = 010000;
constexpr std::uint32_t async = 020000;
constexpr std::uint32_t direct = 040000;
constexpr std::uint32_t large_file = 0100000;
constexpr std::uint32_t folder = 0200000;
constexpr std::uint32_t no_follow = 0400000;
constexpr std::uint32_t no_access_time = 01000000;
constexpr std::uint32_t close_on_exec = 02000000;
constexpr std::uint32_t sync = 04010000;
constexpr std::uint32_t path = 010000000;
constexpr std::uint32_t temporary = 020000000 | folder;
/// What F_SETFL may change.
constexpr std::uint32_t changeable = append | nonblock | async | direct | no_access_time;
/// What belongs to the act of opening, and F_GETFL does not show.
constexpr std::uint32_t of_opening = create | exclusive | no_terminal | truncate | close_on_exec;
} // namespace open_flag

namespace at_flag {
constexpr std::uint32_t symlink_no_follow = 0x100;
constexpr std::uint32_t effective_access = 0x200; ///< faccessat2
constexpr std::uint32_t remove_folder = 0x200;    ///< unlinkat
constexpr std::uint32_t symlink_follow = 0x400;
constexpr std::uint32_t no_automount = 0x800;
constexpr std::uint32_t empty_path = 0x1000;
constexpr std::uint32_t statx_sync = 0x6000;
/// Instead of a descriptor: the working folder.
constexpr std::int32_t working_folder = -100;
} // namespace at_flag

namespace poll_event {
constexpr std::uint32_t in = 0x001, priority = 0x002, out = 0x004, error = 0x008, hang_up = 0x010,
                        invalid = 0x020, read_normal = 0x040, read_band = 0x080,
                        write_normal = 0x100, write_band = 0x200, read_hang_up = 0x2000;
/// What a plain readable or writable file shows.
constexpr std::uint32_t readable = in | read_normal;
constexpr std::uint32_t writable = out | write_normal;
} // namespace poll_event

} // namespace personality
