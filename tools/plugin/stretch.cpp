// Counts, for each processor, the instructions from one point at which it could take an interrupt
// to the next. In our kernel these points are user mode and the idle loop (STI, HLT); in between
// interrupts are off. An iteration of a repeated string instruction counts as one; a loop that
// waits for another processor, with PAUSE, counts once, for how long that takes is the other's
// affair; what a processor does between two waits, or is asked to do in one, counts. Of the longest
// stretches it writes
//
//   STRETCH processor instructions entry sample sample ...
//
// to the file that `out=` names: where the stretch began, and where it was each so many
// instructions. What a processor does before its first such point, its start, is not counted. The
// file is written whenever there is a longer one: some emulators are killed.

#include "options.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace {

constexpr std::uint64_t kernel_half = std::uint64_t{1} << 63;
constexpr unsigned processors = 64; ///< as the kernel takes (abi::max_processors)
constexpr std::size_t samples = 48;
constexpr std::size_t longest = 64;
/// A round of a loop that waits is shorter (the longest, KernelLock::wait, takes 19), unless the
/// processor does something in it; from one wait of remote::ask to the next there are 230.
constexpr std::uint64_t waiting_round = 64;

/// What a block is: packed into the pointer that the emulator keeps for it.
struct Block {
    std::uint64_t address;
    std::uint32_t instructions;
    bool opens; ///< in it an interrupt can be taken
    bool waits; ///< a loop that waits goes through it
};

struct Stretch {
    std::uint64_t instructions = 0;
    std::uint64_t entry = 0;
    std::uint64_t between =
        64; ///< instructions from one sample to the next; doubled when they are many
    std::uint32_t taken = 0;
    std::array<std::uint64_t, samples> sample{};
};

struct Processor {
    bool kernel = false;  ///< it has been in the kernel; before that is firmware
    bool started = false; ///< and has left it once
    std::uint64_t next_sample = 0;
    std::uint64_t waited_at = 0; ///< the last block that waits; how long the stretch was then
    std::uint64_t waited_after = 0;
    Stretch now;
    std::array<Stretch, longest> kept;
    std::size_t shortest = 0; ///< of those kept
};

std::array<Processor, processors> all;
/// For `kept` of all processors, and the file.
std::mutex lock;
std::uint64_t record = 0;
char const* out = "stretches";

void write();

void sample(Processor& processor, std::uint64_t address) {
    auto& now = processor.now;
    if (now.taken == samples) {
        for (std::size_t i = 0; i < samples / 2; i++) now.sample[i] = now.sample[2 * i];
        now.taken = samples / 2;
        now.between *= 2;
    }
    now.sample[now.taken++] = address;
    processor.next_sample = now.instructions + now.between;
}

void end_stretch(Processor& processor) {
    auto& least = processor.kept[processor.shortest];
    if (processor.now.instructions <= least.instructions) return;
    std::scoped_lock const held(lock);
    least = processor.now;
    for (std::size_t i = 0; i < longest; i++)
        if (processor.kept[i].instructions < processor.kept[processor.shortest].instructions)
            processor.shortest = i;
    if (processor.now.instructions <= record) return;
    record = processor.now.instructions;
    write();
}

/// Once more round a loop that waits: as if it had not been. If the last time is longer ago than a
/// round takes, it is another wait, and what lies between is work.
void wait(Processor& processor, std::uint64_t address) {
    auto& now = processor.now;
    if (processor.waited_at == address &&
        now.instructions - processor.waited_after <= waiting_round)
        now.instructions = processor.waited_after;
    processor.waited_at = address;
    processor.waited_after = now.instructions;
}

void run(unsigned number, void* data) {
    auto const& block = *static_cast<Block const*>(data);
    auto& processor = all[number % processors];
    if (block.opens) {
        if (!processor.kernel) return;
        if (processor.started && processor.now.instructions > 0) end_stretch(processor);
        processor.started = true;
        processor.now.instructions = 0;
        processor.waited_at = 0;
        return;
    }
    processor.kernel = true;
    if (!processor.started) return;
    auto& now = processor.now;
    if (now.instructions == 0) {
        now.entry = block.address;
        now.between = 64;
        now.taken = 0;
        processor.next_sample = 0;
    }
    if (block.waits) wait(processor, block.address);
    if (now.instructions >= processor.next_sample) sample(processor, block.address);
    now.instructions += block.instructions;
}

void translate(PluginId, qemu_plugin_tb* block) {
    auto const address = qemu_plugin_tb_vaddr(block);
    auto const count = qemu_plugin_tb_n_insns(block);
    bool opens = address < kernel_half;
    bool waits = false;
    for (std::size_t i = 0; i < count && !opens; i++) {
        auto const* const one = qemu_plugin_tb_get_insn(block, i);
        auto const* const code = static_cast<std::uint8_t const*>(qemu_plugin_insn_data(one));
        auto const size = qemu_plugin_insn_size(one);
        opens = size == 1 && (code[0] == 0xfb || code[0] == 0xf4); // STI, HLT
        waits |= size == 2 && code[0] == 0xf3 && code[1] == 0x90;  // PAUSE
    }
    // Kept as long as the emulator runs: blocks are few.
    auto* const kept = static_cast<Block*>(std::malloc(sizeof(Block)));
    *kept = {address, static_cast<std::uint32_t>(count), opens, waits};
    qemu_plugin_register_vcpu_tb_exec_cb(block, run, QEMU_PLUGIN_CB_NO_REGS, kept);
}

void write() {
    auto* const file = std::fopen(out, "w");
    if (!file) return;
    for (unsigned number = 0; number < processors; number++)
        for (auto const& one : all[number].kept) {
            if (one.instructions == 0) continue;
            std::fprintf(file, "STRETCH %u %" PRIu64 " %" PRIx64, number, one.instructions,
                         one.entry);
            for (std::uint32_t i = 0; i < one.taken; i++)
                std::fprintf(file, " %" PRIx64, one.sample[i]);
            std::fputc('\n', file);
        }
    std::fclose(file);
}

} // namespace

int qemu_plugin_version = 1;

int qemu_plugin_install(PluginId id, qemu_info_t const*, int count, char** arguments) {
    out = option({arguments, static_cast<std::size_t>(count)}, "out=", out);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    return 0;
}
