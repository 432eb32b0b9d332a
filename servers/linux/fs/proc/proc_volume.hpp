#pragma once
// /proc: what programs are told of programs and of the machine.

#include <servers/linux/fs/entry.hpp>
#include <servers/linux/fs/generated/generated_node.hpp>

namespace personality {

class Process;
class System;
class Task;

class ProcVolume final : public GeneratedVolume {
public:
    static constexpr std::uint64_t magic = 0x9fa0; // PROC_SUPER_MAGIC

    /// `kind` and `its_magic`: /sys is made of the same nodes.
    ProcVolume(System& of, Environment& environment_of, SmallMemory& pieces, std::uint32_t minor,
               std::string_view kind = "proc", std::uint64_t its_magic = magic)
        : GeneratedVolume(environment_of, pieces, minor, kind, its_magic), system(of) {}

    /// A new root entry. ENOMEM.
    Result<Ref<Entry>> make_root();

    System& system;
};

/// Inode numbers: those of a task, by its number and a place in its folder, and all others.
constexpr std::uint64_t task_inode(std::int32_t tid, std::uint64_t place) {
    return static_cast<std::uint64_t>(tid) << 24 | place;
}

/// Make /proc and mount it.
Result<> mount_proc(System& system);

} // namespace personality
