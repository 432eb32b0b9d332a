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

namespace {

unsigned long number(char const* text) {
    unsigned long value = 0;
    while (*text >= '0' && *text <= '9')
        value = value * 10 + static_cast<unsigned long>(*text++ - '0');
    return value;
}

} // namespace

/// Without words all attacks; with one word gluttony alone; with SEED and TURNS random calls alone.
extern "C" [[noreturn]] void begin(long arguments, char** words);
extern "C" void begin(long arguments, char** words) {
    if (arguments == 3) {
        linux_attack::random_calls(number(words[1]), number(words[2]));
    } else if (arguments == 2) {
        linux_attack::gluttony();
    } else {
        linux_attack::wild_pointers();
        linux_attack::lying_programs();
        linux_attack::gluttony();
        linux_attack::random_calls(1, 60'000);
    }
    {
        linux_attack::Outcome const last("linux/the-system-is-still-there");
    }
    linux_attack::exit(0);
}

// The stack pointer is at the argument count (psABI, section 3.4.1).
asm(".globl _start; _start: movq (%rsp), %rdi; leaq 8(%rsp), %rsi; xorl %ebp, %ebp; call begin");
