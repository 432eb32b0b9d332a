#pragma once
// For host tests of code that may be killed at any instruction: runs a function one machine
// instruction at a time and shows the registers before each. IN, OUT, INS and OUTS, which a host
// process may not execute, are handed to the test's own device. One run at a time.

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ucontext.h>

namespace base::testing {

/// The registers of the stepped code, by the names of <ucontext.h>: `at(REG_RIP)`.
class Registers {
public:
    explicit Registers(ucontext_t& context) : context_(&context) {}
    std::uint64_t at(int which) const {
        return static_cast<std::uint64_t>(context_->uc_mcontext.gregs[which]);
    }
    void set(int which, std::uint64_t value) {
        context_->uc_mcontext.gregs[which] = static_cast<greg_t>(value);
    }

private:
    ucontext_t* context_;
};

/// A device behind ports.
struct Ports {
    std::function<std::uint8_t(std::uint16_t port)> in;
    std::function<void(std::uint16_t port, std::uint8_t value)> out;
};

class SingleStep {
public:
    /// Calls `code`; before every instruction of it, `before` sees the registers. `before` runs in
    /// a signal handler: it may use the heap only if `code` doesn't. Without a `before`, `code`
    /// runs at full speed between port instructions.
    static void run(Ports ports, std::function<void(Registers)> before,
                    std::function<void()> const& code) {
        SingleStep step(std::move(ports), std::move(before));
        if (!step.before_) return code();
        set_trap_flag();
        code();
        clear_trap_flag();
    }

private:
    static inline SingleStep* current_ = nullptr;
    Ports ports_;
    std::function<void(Registers)> before_;
    struct sigaction old_trap_{};
    struct sigaction old_fault_{};

    SingleStep(Ports ports, std::function<void(Registers)> before)
        : ports_(std::move(ports)), before_(std::move(before)) {
        current_ = this;
        struct sigaction action{};
        action.sa_flags = SA_SIGINFO;
        action.sa_sigaction = [](int, siginfo_t*, void* context) {
            current_->before_(Registers(*static_cast<ucontext_t*>(context)));
        };
        sigaction(SIGTRAP, &action, &old_trap_);
        action.sa_sigaction = [](int, siginfo_t*, void* context) {
            current_->fault(Registers(*static_cast<ucontext_t*>(context)));
        };
        sigaction(SIGSEGV, &action, &old_fault_);
    }
    ~SingleStep() {
        sigaction(SIGTRAP, &old_trap_, nullptr);
        sigaction(SIGSEGV, &old_fault_, nullptr);
        current_ = nullptr;
    }
    SingleStep(SingleStep const&) = delete;
    SingleStep& operator=(SingleStep const&) = delete;

    [[gnu::noinline]] static void set_trap_flag() {
        asm volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
    }
    [[gnu::noinline]] static void clear_trap_flag() {
        asm volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
    }

    /// Executes one port instruction (one round of a repeated one); anything else is a true fault.
    void fault(Registers registers) {
        auto const* code = reinterpret_cast<std::uint8_t const*>(registers.at(REG_RIP));
        auto const port = static_cast<std::uint16_t>(registers.at(REG_RDX));
        bool const repeated = code[0] == 0xf3;
        std::uint8_t const opcode = code[repeated ? 1 : 0];
        if (repeated && registers.at(REG_RCX) == 0) return skip(registers, 2);
        if (opcode == 0x6e) { // outsb
            ports_.out(port, *reinterpret_cast<std::uint8_t const*>(registers.at(REG_RSI)));
            registers.set(REG_RSI, registers.at(REG_RSI) + 1);
        } else if (opcode == 0x6c) { // insb
            *reinterpret_cast<std::uint8_t*>(registers.at(REG_RDI)) = ports_.in(port);
            registers.set(REG_RDI, registers.at(REG_RDI) + 1);
        } else if (opcode == 0xec) { // in al, dx
            registers.set(REG_RAX,
                          (registers.at(REG_RAX) & ~std::uint64_t{0xff}) | ports_.in(port));
        } else if (opcode == 0xee) { // out dx, al
            ports_.out(port, static_cast<std::uint8_t>(registers.at(REG_RAX)));
        } else {
            sigaction(SIGSEGV, &old_fault_, nullptr);
            return;
        }
        if (!repeated) return skip(registers, 1);
        registers.set(REG_RCX, registers.at(REG_RCX) - 1);
        show(registers); // the next round begins at the same instruction
        if (registers.at(REG_RCX) == 0) skip(registers, 2);
    }

    /// A skipped instruction makes no trap of its own.
    void skip(Registers registers, std::uint64_t bytes) {
        registers.set(REG_RIP, registers.at(REG_RIP) + bytes);
        show(registers);
    }

    void show(Registers registers) const {
        if (before_) before_(registers);
    }
};

} // namespace base::testing
