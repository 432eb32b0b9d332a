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
/// Registers that a callback uses: none.
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

void qemu_plugin_register_vcpu_tb_trans_cb(PluginId id, void (*call)(PluginId, qemu_plugin_tb*));
/// `call` before each run of the block, with the processor's number and `data`.
void qemu_plugin_register_vcpu_tb_exec_cb(qemu_plugin_tb* block, void (*call)(unsigned, void*),
                                          qemu_plugin_cb_flags flags, void* data);
void qemu_plugin_register_atexit_cb(PluginId id, void (*call)(PluginId, void*), void* data);
std::size_t qemu_plugin_tb_n_insns(qemu_plugin_tb const* block);
std::uint64_t qemu_plugin_tb_vaddr(qemu_plugin_tb const* block);
qemu_plugin_insn* qemu_plugin_tb_get_insn(qemu_plugin_tb const* block, std::size_t index);
void const* qemu_plugin_insn_data(qemu_plugin_insn const* instruction);
std::size_t qemu_plugin_insn_size(qemu_plugin_insn const* instruction);

/// What a plugin defines.
[[gnu::visibility("default")]] extern int qemu_plugin_version;
[[gnu::visibility("default")]] int qemu_plugin_install(PluginId id, qemu_info_t const* info,
                                                       int count, char** arguments);
}
