// What processors do in a window of time that the guest marks: each is in it from when it executes
// the instruction at `begin=` until it executes the one at `end=`, and what counts is the time in
// which `together=` of them are. For each processor it writes
//
//   PROCESSOR number instructions in-kernel lines-touched lines-others-write
//   SHARED number physical virtual instruction writer virtual instruction
//
// to the file that `out=` names: the instructions it executed, and those of them in the kernel, on
// how many lines of memory it read or wrote something, and those of them that another processor
// wrote, with an access of each. Fetched instructions, walks of page tables and registers of
// devices are not lines.

#include "options.hpp"

#include <array>
#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <mutex>
#include <unordered_map>

namespace {

constexpr unsigned processors = 16;
constexpr std::uint64_t line_bytes = 64;
constexpr std::uint64_t kernel_half = std::uint64_t{1} << 63;

struct Access {
    std::uint64_t address; ///< virtual
    std::uint64_t instruction;
};

/// By the line's first physical byte, the first access of each kind.
using Lines = std::unordered_map<std::uint64_t, Access>;

struct Processor {
    bool inside = false;
    std::uint64_t instructions = 0;
    std::uint64_t in_kernel = 0;
    Lines touched;
    Lines written;
};

/// Processors are threads of the emulator, side by side unless it counts.
std::mutex lock;
/// Not destroyed: the emulator asks for the results when destructors have run.
auto& all = *new std::array<Processor, processors>;
unsigned inside = 0;
/// Read without the lock, by each access of a guest that is still starting.
std::atomic<bool> counting{false};

char const* out = "window";
std::uint64_t begin_mark = 0;
std::uint64_t end_mark = 0;
std::uint64_t together = 1;

void begin(unsigned number, void*) {
    std::scoped_lock const held(lock);
    auto& processor = all[number % processors];
    if (processor.inside) return;
    processor.inside = true;
    counting = ++inside == together;
}

void end(unsigned number, void*) {
    std::scoped_lock const held(lock);
    auto& processor = all[number % processors];
    if (!processor.inside) return;
    processor.inside = false;
    inside--;
    counting = false;
}

template <bool Kernel> void run(unsigned number, void* block) {
    if (!counting.load(std::memory_order_relaxed)) return;
    std::scoped_lock const held(lock);
    if (!counting) return;
    auto const instructions = reinterpret_cast<std::uint64_t>(block);
    auto& processor = all[number % processors];
    processor.instructions += instructions;
    if (Kernel) processor.in_kernel += instructions;
}

void note(Processor& processor, std::uint64_t line, Access const& access, bool store) {
    processor.touched.try_emplace(line, access);
    if (store) processor.written.try_emplace(line, access);
}

void access(unsigned number, MemoryInfo info, std::uint64_t address, void* instruction) {
    if (!counting.load(std::memory_order_relaxed)) return;
    auto const* const where = qemu_plugin_get_hwaddr(info, address);
    if (!where || qemu_plugin_hwaddr_is_io(where)) return;
    auto const physical = qemu_plugin_hwaddr_phys_addr(where);
    auto const last = physical + (std::uint64_t{1} << qemu_plugin_mem_size_shift(info)) - 1;
    Access const seen{address, reinterpret_cast<std::uint64_t>(instruction)};
    std::scoped_lock const held(lock);
    if (!counting) return;
    auto& processor = all[number % processors];
    for (auto line = physical / line_bytes; line <= last / line_bytes; line++)
        note(processor, line * line_bytes, seen, qemu_plugin_mem_is_store(info));
}

void translate(PluginId, qemu_plugin_tb* block) {
    auto const count = qemu_plugin_tb_n_insns(block);
    qemu_plugin_register_vcpu_tb_exec_cb(
        block, qemu_plugin_tb_vaddr(block) < kernel_half ? run<false> : run<true>,
        QEMU_PLUGIN_CB_NO_REGS, reinterpret_cast<void*>(count));
    for (std::size_t i = 0; i < count; i++) {
        auto* const one = qemu_plugin_tb_get_insn(block, i);
        auto const address = qemu_plugin_insn_vaddr(one);
        if (address == begin_mark)
            qemu_plugin_register_vcpu_insn_exec_cb(one, begin, QEMU_PLUGIN_CB_NO_REGS, nullptr);
        if (address == end_mark)
            qemu_plugin_register_vcpu_insn_exec_cb(one, end, QEMU_PLUGIN_CB_NO_REGS, nullptr);
        qemu_plugin_register_vcpu_mem_cb(one, access, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
                                         reinterpret_cast<void*>(address));
    }
}

/// Another processor that has written to the line; null: none.
Access const* writer_of(std::uint64_t line, unsigned reader, unsigned& writer) {
    for (writer = 0; writer < processors; writer++) {
        auto const& written = all[writer].written;
        if (auto const found = written.find(line); writer != reader && found != written.end())
            return &found->second;
    }
    return nullptr;
}

void write(PluginId, void*) {
    auto* const file = std::fopen(out, "w");
    if (!file) return;
    for (unsigned number = 0; number < processors; number++) {
        auto const& processor = all[number];
        if (processor.touched.empty()) continue;
        unsigned shared = 0;
        for (auto const& [line, mine] : processor.touched) {
            unsigned writer;
            auto const* const theirs = writer_of(line, number, writer);
            if (!theirs) continue;
            shared++;
            std::fprintf(
                file, "SHARED %u %" PRIx64 " %" PRIx64 " %" PRIx64 " %u %" PRIx64 " %" PRIx64 "\n",
                number, line, mine.address, mine.instruction, writer, theirs->address,
                theirs->instruction);
        }
        std::fprintf(file, "PROCESSOR %u %" PRIu64 " %" PRIu64 " %zu %u\n", number,
                     processor.instructions, processor.in_kernel, processor.touched.size(), shared);
    }
    std::fclose(file);
}

} // namespace

int qemu_plugin_version = 1;

int qemu_plugin_install(PluginId id, qemu_info_t const*, int count, char** words) {
    std::span<char* const> const arguments(words, static_cast<std::size_t>(count));
    out = option(arguments, "out=", out);
    begin_mark = number(arguments, "begin=");
    end_mark = number(arguments, "end=");
    together = number(arguments, "together=");
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, write, nullptr);
    return 0;
}
