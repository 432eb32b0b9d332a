// A program for Linux that attacks whoever serves it: with pointers to nowhere in every call, with
// executables that lie, by taking all there is, and at random.

#include <tests/attack/linux/attacks.hpp>
#include <tests/attack/linux/outcome.hpp>

// The compiler makes calls of these of its own accord.
extern "C" void* memcpy(void* to, void const* from, unsigned long bytes) {
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes)::"memory");
    return to;
}
extern "C" void* memset(void* to, int value, unsigned long bytes) {
    void* at = to;
    asm volatile("rep stosb" : "+D"(at), "+c"(bytes) : "a"(value) : "memory");
    return to;
}

extern "C" [[noreturn]] void begin();
extern "C" void begin() {
    linux_attack::wild_pointers();
    linux_attack::lying_programs();
    linux_attack::gluttony();
    linux_attack::random_calls();
    {
        linux_attack::Outcome const last("linux/the-system-is-still-there");
    }
    linux_attack::exit(0);
}

asm(".globl _start; _start: xorl %ebp, %ebp; andq $-16, %rsp; call begin");
