#include <bench/linux/report.hpp>

namespace measure {

char const* pattern = "";

Line& Line::text(char const* s) {
    while (*s) put(*s++);
    return *this;
}

Line& Line::number(Word n) {
    char digits[20];
    int count = 0;
    do {
        digits[count++] = static_cast<char>('0' + n % 10);
        n /= 10;
    } while (n != 0);
    while (count > 0) put(digits[--count]);
    return *this;
}

void Line::print() {
    put('\n');
    write(1, bytes_, used_);
}

bool wanted(char const* name) {
    for (; *name; name++) {
        int i = 0;
        while (pattern[i] && pattern[i] == name[i]) i++;
        if (!pattern[i]) return true;
    }
    return !*pattern;
}

void report(char const* name, Word value) {
    Line().text("BENCH ").text(name).text(" instructions ").number(value).text(" - -").print();
}

void report_absent(char const* name) {
    Line().text("BENCH ").text(name).text(" instructions - - -").print();
}

void Samples::report(char const* name) {
    for (int i = 1; i < count_; i++)
        for (int k = i; k > 0 && values_[k] < values_[k - 1]; k--) {
            auto const other = values_[k];
            values_[k] = values_[k - 1];
            values_[k - 1] = other;
        }
    if (count_ == 0) return report_absent(name);
    measure::report(name, values_[count_ / 2]);
}

Thread::Thread() : stack_(map(stack_bytes, map_private)) {}

Thread::~Thread() { unmap(stack_, stack_bytes); }

bool Thread::start(void (*body)(void*), void* argument) {
    if (!mapped(stack_)) return false;
    auto* const top = reinterpret_cast<Word*>(address(stack_) + stack_bytes) - 2;
    top[0] = reinterpret_cast<Word>(body);
    top[1] = address(argument);
    // VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, PARENT_SETTID, CHILD_CLEARTID
    constexpr Word flags = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x100000 | 0x200000;
    register int* cleared asm("r10") = &id_;
    register Word local asm("r8") = 0;
    long result;
    asm volatile("syscall\n"
                 "test %%rax, %%rax\n"
                 "jnz 1f\n"
                 "xor %%ebp, %%ebp\n"
                 "pop %%rax\n"
                 "pop %%rdi\n"
                 "call *%%rax\n"
                 "xor %%edi, %%edi\n"
                 "mov $60, %%eax\n"
                 "syscall\n"
                 "1:\n"
                 : "=a"(result)
                 : "a"(56), "D"(flags), "S"(top), "d"(&id_), "r"(cleared), "r"(local)
                 : "rcx", "r11", "memory");
    return result > 0;
}

void Thread::join() {
    for (;;) {
        auto const id = __atomic_load_n(&id_, __ATOMIC_ACQUIRE);
        if (id == 0) return;
        futex(&id_, futex_wait, static_cast<Word>(id));
    }
}

} // namespace measure
