// Signals from sending to the handler and back.

#include <bench/linux/report.hpp>

extern "C" void measure_signal_return();
asm("measure_signal_return:\n"
    "    movl $15, %eax\n"
    "    syscall\n");

namespace measure {
namespace {

constexpr Word with_information = 4, has_restorer = 0x0400'0000;

struct Action {
    void (*handler)(int, void*, Word*);
    Word flags;
    void (*restorer)();
    Word mask;
};

void handle(Word signal, void (*handler)(int, void*, Word*)) {
    Action const action{handler, with_information | has_restorer, measure_signal_return, 0};
    call(13, signal, address(&action), 0, 8);
}

/// Word 21 of a ucontext is RIP; `ud2` has two bytes.
void skip_instruction(int, void*, Word* context) { context[21] += 2; }

void ignore(int, void*, Word*) {}

void between_processes() {
    Word const set = Word{1} << (user_signal - 1);
    call(14, 0, address(&set), 0, 8);
    auto const await = [&] { return call(128, address(&set), 0, 0, 8); };
    {
        Peer const peer{[&] {
            for (;;) {
                await();
                kill(get_parent(), user_signal);
            }
        }};
        measure("linux/signal/round-trip", many, [&](int) {
            kill(peer.process(), user_signal);
            return await() == static_cast<long>(user_signal);
        });
    }
    call(14, 1, address(&set), 0, 8);
}

} // namespace

void measure_signals() {
    handle(user_signal, ignore);
    auto const process = static_cast<Word>(get_process());
    auto const thread = static_cast<Word>(get_thread());
    measure("linux/signal/self", many,
            [&](int) { return call(234, process, thread, user_signal) == 0; });
    handle(illegal_signal, skip_instruction);
    measure("linux/signal/fault", many, [](int) {
        asm volatile("ud2" ::: "memory");
        return true;
    });
    between_processes();
}

} // namespace measure
