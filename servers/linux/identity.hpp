#pragma once
// Who a program acts as: user and group ids with their saved and file-system twins. Immutable while
// shared; a change makes a copy.

#include <array>
#include <cstdint>

namespace personality {

struct Identity {
    std::uint32_t uid = 0, euid = 0, suid = 0, fsuid = 0;
    std::uint32_t gid = 0, egid = 0, sgid = 0, fsgid = 0;
    static constexpr std::size_t max_groups = 64;
    std::array<std::uint32_t, max_groups> groups{};
    std::uint32_t group_count = 0;
    /// Capability sets (linux/capability.h), all of them for user 0.
    std::uint64_t effective = all, permitted = all, inheritable = 0, bounding = all, ambient = 0;
    std::uint32_t secure_bits = 0; ///< secure_bit below

    static constexpr std::uint64_t all = (std::uint64_t{1} << 41) - 1;
    enum Capability : unsigned {
        chown = 0,
        dac_override = 1,
        dac_read_search = 2,
        fowner = 3,
        fsetid = 4,
        kill = 5,
        setgid = 6,
        setuid = 7,
        setpcap = 8,
        linux_immutable = 9,
        net_admin = 12,
        ipc_lock = 14,
        ipc_owner = 15,
        sys_chroot = 18,
        sys_ptrace = 19,
        sys_admin = 21,
        sys_boot = 22,
        sys_nice = 23,
        sys_resource = 24,
        sys_time = 25,
        sys_tty_config = 26,
        audit_control = 30,
        mknod = 27,
        lease = 28,
        mac_override = 32,
        wake_alarm = 35,
        checkpoint_restore = 40,
    };
    /// What of the special ways of user 0 is switched off (linux/securebits.h); the bit above each
    /// locks it.
    enum SecureBit : std::uint32_t {
        no_root = 1,
        no_setuid_fixup = 4,
        keep_capabilities = 0x10,
        no_ambient_raise = 0x40,
        all_secure_bits = 0x55,
    };
    bool secure(SecureBit bit) const { return (secure_bits & bit) != 0; }
    bool can(Capability what) const { return (effective >> what & 1) != 0; }

    bool in_group(std::uint32_t group) const {
        if (group == fsgid) return true;
        for (std::uint32_t i = 0; i < group_count; i++)
            if (groups[i] == group) return true;
        return false;
    }
};

} // namespace personality
