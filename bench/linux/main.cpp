// The Linux figures, measured by an unmodified Linux program, the same on every kernel.
//
//     measure [PATTERN]     the figures whose name has PATTERN in it
//     measure boot KIB      when it was called (by the shell's profile, when the prompt is due),
//     and
//                           how much is taken of the machine's memory

#include <bench/linux/report.hpp>

namespace measure {
namespace {

/// What programs can't have of the machine's memory: `machine` KiB less MemFree of /proc/meminfo.
void report_memory(char const* machine) {
    static char text[4096];
    auto const file = open("/proc/meminfo", read_only);
    auto const length = read(file, text, sizeof text);
    auto const field = [&](char const* name) {
        for (long at = 0; at < length; at++) {
            long i = 0;
            while (name[i] && at + i < length && text[at + i] == name[i]) i++;
            if (name[i]) continue;
            Word value = 0;
            for (at += i; at < length && text[at] != '\n'; at++)
                if (text[at] >= '0' && text[at] <= '9')
                    value = value * 10 + static_cast<Word>(text[at] - '0');
            return value;
        }
        return Word{0};
    };
    auto const free = field("MemFree:");
    Word total = 0;
    while (*machine >= '0' && *machine <= '9')
        total = total * 10 + static_cast<Word>(*machine++ - '0');
    if (free == 0 || total < free) exit(1);
    Line().text("BENCH boot/memory-in-use KiB ").number(total - free).text(" - -").print();
}

/// Begin anew without random addresses: how many page tables there are is part of the figures.
void lie_still(char** words) {
    constexpr Word ask = 0xffff'ffff, no_randomize = 0x4'0000;
    static char const* const no_environment[] = {nullptr};
    if ((static_cast<Word>(call(135, ask)) & no_randomize) != 0) return;
    call(135, no_randomize);
    execute("/proc/self/exe", words, no_environment); // without /proc they are random
}

} // namespace
} // namespace measure

extern "C" [[noreturn]] void measure_linux(long arguments, char** words) {
    using namespace measure;
    if (arguments > 2) {
        report("boot/to-prompt", ticks());
        report_memory(words[2]);
        exit(0);
    }
    lie_still(words);
    if (arguments > 1) pattern = words[1];
    measure_calls();
    measure_vdso(words + arguments + 1);
    measure_channels();
    measure_futexes();
    measure_scheduling();
    measure_processes();
    measure_memory();
    measure_signals();
    measure_files();
    measure_pager();
    exit(0);
}

// The stack pointer is at the argument count, aligned to 16 bytes (psABI, section 3.4.1).
asm(".globl _start\n"
    "_start:\n"
    "    movq (%rsp), %rdi\n"
    "    leaq 8(%rsp), %rsi\n"
    "    xorl %ebp, %ebp\n"
    "    call measure_linux\n");
