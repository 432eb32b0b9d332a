// The Linux figures, measured by an unmodified Linux program: each the median of many samples, in
// ticks of the time-stamp counter, less what reading it costs. Lines as the kernel's benchmarks
// write them, to standard output; a program can't see switches and flushes, so a dash stands there.
//
// With the machine's memory in KiB as argument it tells about the boot instead: when it was called
// (by the shell's profile, when the prompt is due), and how much memory is taken.

#include <bench/linux/calls.hpp>

namespace measure {
namespace {

class Line {
public:
    Line() {}
    Line& text(char const* s) {
        while (*s)
            put(*s++);
        return *this;
    }
    Line& number(Word n) {
        char digits[20];
        int count = 0;
        do {
            digits[count++] = static_cast<char>('0' + n % 10);
            n /= 10;
        } while (n != 0);
        while (count > 0)
            put(digits[--count]);
        return *this;
    }
    void print() {
        put('\n');
        write(1, bytes_, used_);
    }

private:
    char bytes_[128]; // filled as it is used: there is no library to clear it
    Word used_ = 0;
    void put(char c) {
        if (used_ < sizeof bytes_)
            bytes_[used_++] = c;
    }
};

void report(char const* name, Word value) {
    Line().text("BENCH ").text(name).text(" instructions ").number(value).text(" - -").print();
}

constexpr int most_samples = 201;

Word median(Word (&samples)[most_samples], int count) {
    for (int i = 1; i < count; i++)
        for (int k = i; k > 0 && samples[k] < samples[k - 1]; k--) {
            auto const other = samples[k];
            samples[k] = samples[k - 1];
            samples[k - 1] = other;
        }
    return samples[count / 2];
}

template <class Step>
void measure(char const* name, int count, Step step) {
    static Word samples[most_samples];
    for (int i = -3; i < count; i++) {
        auto const begin = ticks();
        step();
        auto const end = ticks();
        auto const again = ticks();
        if (i >= 0)
            samples[i] = end - begin - (again - end);
    }
    report(name, median(samples, count));
}

void measure_pipe() {
    int there[2], back[2];
    char byte = 'x';
    if (make_pipe(there) != 0 || make_pipe(back) != 0)
        exit(1);
    auto const child = fork();
    if (child == 0) {
        while (read(there[0], &byte, 1) == 1 && byte != 'q')
            write(back[1], &byte, 1);
        exit(0);
    }
    measure("linux/pipe/round-trip", most_samples, [&] {
        write(there[1], &byte, 1);
        read(back[0], &byte, 1);
    });
    byte = 'q';
    write(there[1], &byte, 1);
    wait_for(child);
}

/// What programs can't have of the machine's memory: `machine` KiB less MemFree of /proc/meminfo.
void report_memory(char const* machine) {
    static char text[4096];
    auto const file = open_to_read("/proc/meminfo");
    auto const length = read(static_cast<int>(file), text, sizeof text);
    auto const field = [&](char const* name) {
        for (long at = 0; at < length; at++) {
            long i = 0;
            while (name[i] && at + i < length && text[at + i] == name[i])
                i++;
            if (name[i])
                continue;
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
    if (free == 0 || total < free)
        exit(1);
    Line().text("BENCH boot/memory-in-use KiB ").number(total - free).text(" - -").print();
}

} // namespace
} // namespace measure

extern "C" [[noreturn]] void measure_linux(long arguments, char** words) {
    using namespace measure;
    if (arguments > 1) {
        report("boot/to-prompt", ticks());
        report_memory(words[1]);
        exit(0);
    }
    measure::measure("linux/getpid", most_samples, [] { get_process(); });
    measure_pipe();
    measure::measure("linux/fork-exit-wait", 51, [] {
        auto const child = fork();
        if (child == 0)
            exit(0);
        wait_for(child);
    });
    exit(0);
}

// The stack pointer is at the argument count, aligned to 16 bytes (psABI, section 3.4.1).
asm(".globl _start\n"
    "_start:\n"
    "    movq (%rsp), %rdi\n"
    "    leaq 8(%rsp), %rsi\n"
    "    xorl %ebp, %ebp\n"
    "    call measure_linux\n");
