// Registers that must never reach the processor as they are: addresses that SYSRET and IRET would
// fault on in ring 0, flags that are not a user's to set, extended state that XRSTOR refuses.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/victim.hpp>

#include <runtime/message_page.hpp>

#include <cstring>

namespace attack {

namespace {

using abi::Error;
using abi::MessageKind;
using abi::MessageTag;
using abi::Word;

constexpr Word bad_addresses[] = {
    abi::user_end,         abi::user_end + 0xfff, 0x0000'8000'0000'0000, 0x0001'0000'0000'0000,
    0x8000'0000'0000'0000, 0xffff'7fff'ffff'ffff, 0xffff'8000'0000'0000, ~Word{0}};

constexpr Word carry = 1, always = 2, trap = 0x100, interrupts = 0x200, direction = 0x400,
               iopl = 0x3000, nested = 0x4000, resume = 0x1'0000, virtual_8086 = 0x2'0000,
               alignment = 0x4'0000, virtual_interrupts = 0x18'0000, identification = 0x20'0000;

/// Reports its flags as a system call's argument, over and over.
void report_flags(Word) {
    for (;;) {
        Word flags;
        asm volatile("pushfq; popq %0" : "=r"(flags)::"memory");
        asm volatile("syscall" : : "a"(1), "D"(flags) : "rcx", "r11", "memory");
    }
}

void addresses(lab::OwnImage const& image) {
    Outcome outcome("attack/registers/addresses");
    Victim victim(image, report_flags, 0);
    auto const thread = victim.thread();
    lab::must(thread.read_registers(), "read");
    auto const good = runtime::message_page().registers;
    for (auto const address : bad_addresses)
        for (auto const field : {&abi::RegisterFile::rip, &abi::RegisterFile::rsp,
                                 &abi::RegisterFile::fs_base, &abi::RegisterFile::gs_base}) {
            auto file = good;
            file.*field = address;
            auto const result = thread.write_registers(file);
            outcome.expect(!result.has_value(), "a kernel or non-canonical address was taken");
        }
    // The same in a keeper's answer.
    victim.start();
    outcome.expect(victim.hear().has_value(), "it runs with the registers it had");
    for (auto const address : bad_addresses) {
        auto file = good;
        file.rip = address;
        runtime::message_page().registers = file;
        outcome.expect(!victim.answer(MessageTag{0, 0}.with(abi::ReplyKind::registers)).has_value(),
                       "an answer with a bad instruction pointer was taken");
    }
    lab::must(victim.answer(MessageTag{0, 1}, Word{0}), "answer");
    outcome.expect(victim.hear().has_value(), "it goes on afterwards");
}

void flags(lab::OwnImage const& image) {
    Outcome outcome("attack/registers/flags");
    Victim victim(image, report_flags, 0);
    auto const thread = victim.thread();
    lab::must(thread.read_registers(), "read");
    auto file = runtime::message_page().registers;
    file.has_extended = 0;
    file.rflags = ~Word{0} & ~trap;
    if (auto const written = thread.write_registers(file); !written) {
        // To refuse them is as good as to mend them.
        outcome.expect_refused(written.error(), "flags");
        return;
    }
    victim.start();
    auto const call = victim.hear();
    outcome.expect(call && call->tag.kind() == MessageKind::foreign_call, "it runs and calls");
    if (!call) return;
    auto const seen = call->words[0];
    outcome.expect((seen & interrupts) != 0, "interrupts are on");
    outcome.expect((seen & (iopl | nested | resume | virtual_8086 | virtual_interrupts)) == 0,
                   "no flag that is the kernel's");
}

/// Flags that a program may set itself, and what it then does to the kernel by calling it.
void call_with_flags(Word wanted) {
    asm volatile("pushq %0; popfq; movl $1, %%eax; syscall; pushq $2; popfq"
                 :
                 : "r"(wanted)
                 : "rax", "rcx", "r11", "memory", "cc");
    asm volatile("syscall" : : "a"(2) : "rcx", "r11", "memory");
    for (;;) {
    }
}

void calls_with_flags(lab::OwnImage const& image) {
    Outcome outcome("attack/registers/calls-with-flags");
    for (auto const flag : {direction, alignment, nested, identification, carry, iopl,
                            direction | alignment | nested, trap, trap | nested | alignment}) {
        Victim victim(image, call_with_flags, flag | always);
        victim.start();
        bool ended = false;
        for (int messages = 0; messages < 64 && !ended; messages++) {
            auto const message = victim.hear();
            if (!message) break;
            ended = message->tag.kind() == MessageKind::foreign_call && message->words[6] == 2;
            // Single steps are exceptions 1 to its keeper, and it goes on.
            outcome.expect(message->tag.kind() == MessageKind::foreign_call ||
                               (message->tag.kind() == MessageKind::exception &&
                                (flag & trap) != 0 && message->words[0] == 1),
                           "an exception that nobody made");
            (void)victim.answer(MessageTag{0, 1}, Word{0});
        }
        runtime::Line what;
        what.put("it does not come through with flags {}", runtime::hex(flag));
        outcome.expect(ended, what.text());
    }
}

void extended_state(lab::OwnImage const& image) {
    Outcome outcome("attack/registers/extended-state");
    Victim victim(image, report_flags, 0);
    auto const thread = victim.thread();
    auto& page = runtime::message_page();
    lab::must(thread.read_registers(), "read");
    std::byte good[abi::extended_state_bytes];
    std::memcpy(good, page.extended_state, sizeof(good));
    auto const write = [&](std::size_t at, std::uint64_t value) {
        std::memcpy(page.extended_state, good, sizeof(good));
        std::memcpy(page.extended_state + at, &value, sizeof(value));
        page.registers.has_extended = 1;
        return thread.write_registers();
    };
    // The header, at 512: XSTATE_BV, XCOMP_BV, and bytes that must be zero.
    for (unsigned bit = 3; bit < 64; bit++)
        outcome.expect(!write(512, Word{1} << bit).has_value(), "a component that is not there");
    for (unsigned bit = 0; bit < 64; bit++)
        outcome.expect(!write(520, Word{1} << bit).has_value(), "the compacted form");
    for (std::size_t at = 528; at < 576; at += 8)
        outcome.expect(!write(at, 1).has_value(), "a reserved byte of the header");
    // MXCSR, at 24, in both forms: with the components marked present and not.
    for (Word const present : {Word{0}, Word{7}}) {
        std::memcpy(good + 512, &present, sizeof(present));
        (void)write(24, ~Word{0});
    }
    victim.start();
    outcome.expect(victim.hear().has_value(), "it runs after all that");
}

} // namespace

void attack_registers() {
    lab::OwnImage const image;
    addresses(image);
    flags(image);
    calls_with_flags(image);
    extended_state(image);
}

} // namespace attack
