// Stands for the runtime below the C library, so that a smoke program runs on the host's Linux: all
// functions that a sysroot wants from outside are here.
#include <elf.h>
#include <sys/syscall.h>

extern "C" {

extern Elf64_Ehdr const __ehdr_start;
int main(int, char**);
[[noreturn]] int __libc_start_main(int (*)(int, char**), int, char**, void (*)(), void (*)(),
                                   void (*)());

long __skerry_syscall(long number, long a, long b, long c, long d, long e, long f) {
    register long r10 asm("r10") = d;
    register long r8 asm("r8") = e;
    register long r9 asm("r9") = f;
    asm volatile("syscall"
                 : "+a"(number)
                 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return number;
}

int __skerry_set_thread_area(void* pointer) {
    constexpr long set_fs = 0x1002;
    return static_cast<int>(
        __skerry_syscall(SYS_arch_prctl, set_fs, reinterpret_cast<long>(pointer), 0, 0, 0, 0));
}

int __skerry_clone(int (*)(void*), void*, int, void*, ...) { return -38; }

[[noreturn]] void __skerry_unmapself(void*, unsigned long) { __builtin_trap(); }

[[noreturn]] void __skerry_hardening_failed(char const*) noexcept { __builtin_trap(); }

[[noreturn]] void __skerry_start() {
    // argc, argv, environment, auxiliary vector: what the C library reads its own layout from.
    static char name[] = "smoke";
    static unsigned long stack[] = {1,         reinterpret_cast<unsigned long>(name),
                                    0,         0,
                                    AT_PHDR,   0,
                                    AT_PHNUM,  0,
                                    AT_PHENT,  sizeof(Elf64_Phdr),
                                    AT_PAGESZ, 4096,
                                    AT_NULL,   0};
    stack[5] = reinterpret_cast<unsigned long>(&__ehdr_start) + __ehdr_start.e_phoff;
    stack[7] = __ehdr_start.e_phnum;
    __libc_start_main(main, 1, reinterpret_cast<char**>(stack + 1), nullptr, nullptr, nullptr);
}
}
