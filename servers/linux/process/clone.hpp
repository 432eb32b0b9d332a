#pragma once
// New tasks and processes: clone in all its forms.

#include <servers/linux/call.hpp>

namespace personality {

namespace clone_flag {
constexpr std::uint64_t vm = 0x100, fs = 0x200, files = 0x400, sighand = 0x800, pidfd = 0x1000,
                        ptrace = 0x2000, vfork = 0x4000, parent = 0x8000, thread = 0x1'0000,
                        new_ns = 0x2'0000, sysvsem = 0x4'0000, settls = 0x8'0000,
                        parent_settid = 0x10'0000, child_cleartid = 0x20'0000, detached = 0x40'0000,
                        untraced = 0x80'0000, child_settid = 0x100'0000,
                        clear_sighand = 0x1'0000'0000;
/// Name spaces: there are none.
constexpr std::uint64_t new_user = 0x1000'0000, spaces = new_ns | 0x7e00'0080;
} // namespace clone_flag

struct CloneRequest {
    std::uint64_t flags = 0;
    std::uint32_t exit_signal = 0;
    std::uint64_t stack = 0; ///< top; 0: the parent's
    std::uint64_t parent_tid = 0, child_tid = 0, tls = 0;
    std::uint64_t descriptor = 0; ///< where CLONE_PIDFD tells it
    std::int32_t tid = 0;         ///< the number it must get; 0: any
};

/// Whether new name spaces may be asked for: in vain. EPERM, EINVAL.
Result<> check_spaces(Task const& task, std::uint64_t flags);
/// As a call's handler; with CLONE_VFORK the caller waits until the child execs or ends.
Outcome clone_task(Call& call, CloneRequest const& request);

} // namespace personality
