#pragma once
// What is used here of QEMU's interface for TCG plugins, version 1 (QEMU 4.2 to 8.2), as its
// documentation describes it: the emulator hands out handles and calls back.

#include <cstddef>
#include <cstdint>

extern "C" {

using PluginId = std::uint64_t;
struct qemu_plugin_tb;   ///< a block of instructions that is being translated
struct qemu_plugin_insn; ///< one of them
struct qemu_info_t;
struct qemu_plugin_hwaddr; ///< where an access to memory went
/// What kind of access it was: for qemu_plugin_mem_...() only.
using MemoryInfo = std::uint32_t;
/// Registers that a callback uses: none.
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw {
    QEMU_PLUGIN_MEM_R = 1,
    QEMU_PLUGIN_MEM_W,
    QEMU_PLUGIN_MEM_RW,
};

void qemu_plugin_register_vcpu_tb_trans_cb(PluginId id, void (*call)(PluginId, qemu_plugin_tb*));
/// `call` before each run of the block, with the processor's number and `data`.
void qemu_plugin_register_vcpu_tb_exec_cb(qemu_plugin_tb* block, void (*call)(unsigned, void*),
                                          qemu_plugin_cb_flags flags, void* data);
/// The same for one instruction.
void qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_insn* instruction,
                                            void (*call)(unsigned, void*),
                                            qemu_plugin_cb_flags flags, void* data);
/// `call` after each access of these kinds that the instruction makes, with its virtual address.
void qemu_plugin_register_vcpu_mem_cb(qemu_plugin_insn* instruction,
                                      void (*call)(unsigned, MemoryInfo, std::uint64_t, void*),
                                      qemu_plugin_cb_flags flags, qemu_plugin_mem_rw kinds,
                                      void* data);
void qemu_plugin_register_atexit_cb(PluginId id, void (*call)(PluginId, void*), void* data);
std::size_t qemu_plugin_tb_n_insns(qemu_plugin_tb const* block);
std::uint64_t qemu_plugin_tb_vaddr(qemu_plugin_tb const* block);
qemu_plugin_insn* qemu_plugin_tb_get_insn(qemu_plugin_tb const* block, std::size_t index);
void const* qemu_plugin_insn_data(qemu_plugin_insn const* instruction);
std::size_t qemu_plugin_insn_size(qemu_plugin_insn const* instruction);
std::uint64_t qemu_plugin_insn_vaddr(qemu_plugin_insn const* instruction);

bool qemu_plugin_mem_is_store(MemoryInfo info);
/// Bytes of the access, as a power of two.
unsigned qemu_plugin_mem_size_shift(MemoryInfo info);
/// Valid in the callback of that access.
qemu_plugin_hwaddr* qemu_plugin_get_hwaddr(MemoryInfo info, std::uint64_t address);
bool qemu_plugin_hwaddr_is_io(qemu_plugin_hwaddr const* where);
std::uint64_t qemu_plugin_hwaddr_phys_addr(qemu_plugin_hwaddr const* where);

/// What a plugin defines.
[[gnu::visibility("default")]] extern int qemu_plugin_version;
[[gnu::visibility("default")]] int qemu_plugin_install(PluginId id, qemu_info_t const* info,
                                                       int count, char** arguments);
}
