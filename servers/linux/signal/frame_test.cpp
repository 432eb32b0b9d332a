#include <servers/linux/signal/frame.hpp>

#include <servers/linux/user_memory_fake.hpp>

#include <gtest/gtest.h>

#include <cstring>

// The host's own headers know how Linux lays all this out.
#include <csignal>
#include <ucontext.h>

namespace personality {
namespace {

constexpr UserAddress top = UserMemoryFake::base + 0x4000;

Registers some_registers() {
    Registers registers{};
    auto* words = reinterpret_cast<std::uint64_t*>(&registers.file);
    for (std::uint64_t i = 0; i < 16; i++) words[i] = 0x1000 + i;
    registers.file.rip = 0x40'0000;
    registers.file.rsp = top - 0x800;
    registers.file.rflags = 0x202;
    registers.file.fs_base = 0x7777'0000;
    clear_extended(registers);
    registers.extended[200] = std::byte{42};
    registers.extended[512] = std::byte{7};
    return registers;
}

TEST(SignalFrame, IsLaidOutAsTheHostsHeadersSay) {
    EXPECT_EQ(offsetof(UserContext, registers), offsetof(ucontext_t, uc_mcontext));
    EXPECT_EQ(offsetof(UserContext, mask), offsetof(ucontext_t, uc_sigmask));
    EXPECT_EQ(offsetof(SignalContext, rip), REG_RIP * 8U);
    EXPECT_EQ(offsetof(SignalContext, rsp), REG_RSP * 8U);
    EXPECT_EQ(offsetof(SignalContext, rax), REG_RAX * 8U);
    EXPECT_EQ(offsetof(SignalContext, cr2), REG_CR2 * 8U);
    siginfo_t info;
    auto const bytes = encode({.signal = Signal::chld,
                               .code = signal_code::child_exited,
                               .pid = 5,
                               .uid = 6,
                               .status = 7});
    std::memcpy(&info, bytes.data(), sizeof(info));
    EXPECT_EQ(info.si_signo, SIGCHLD);
    EXPECT_EQ(info.si_code, CLD_EXITED);
    EXPECT_EQ(info.si_pid, 5);
    EXPECT_EQ(info.si_uid, 6U);
    EXPECT_EQ(info.si_status, 7);
    auto const fault = encode({.signal = Signal::segv, .code = 1, .value = 0xdead'0000});
    std::memcpy(&info, fault.data(), sizeof(info));
    EXPECT_EQ(info.si_addr, reinterpret_cast<void*>(0xdead'0000));
}

TEST(SignalFrame, TheHandlerFindsWhatTheInterfacePromises) {
    UserMemoryFake memory(0x4000);
    auto registers = some_registers();
    SignalAction const action{.handler = 0x50'0000, .restorer = 0x60'0000};
    ASSERT_TRUE(push_frame(memory, registers, action, {.signal = Signal::usr1}, SignalSet(0x55), {},
                           registers.file.rsp - 128, {}));
    auto const& r = registers.file;
    EXPECT_EQ(r.rip, 0x50'0000U);
    EXPECT_EQ(r.rdi, 10U);
    EXPECT_EQ((r.rsp + 8) % 16, 0U);
    EXPECT_EQ(*memory.load<std::uint64_t>(r.rsp), 0x60'0000U);
    auto const context = *memory.load<UserContext>(r.rdx);
    EXPECT_EQ(context.mask, 0x55U);
    EXPECT_EQ(context.registers.rip, 0x40'0000U);
    EXPECT_EQ(context.registers.extended_state % 64, 0U);
    EXPECT_EQ(*memory.load<std::uint32_t>(context.registers.extended_state + 464), 0x46505853U);
    EXPECT_EQ(*memory.load<std::uint32_t>(r.rsi), 10U);
}

TEST(SignalFrame, ComesBackAsItWent) {
    UserMemoryFake memory(0x4000);
    auto registers = some_registers();
    auto const before = registers;
    SignalAction const action{.handler = 0x50'0000, .restorer = 0x60'0000};
    ASSERT_TRUE(push_frame(memory, registers, action, {.signal = Signal::usr1}, SignalSet(0x55), {},
                           registers.file.rsp - 128, {}));
    registers.file.rsp += 8; // RET
    registers.file.r15 = 1;
    auto const back = pop_frame(memory, registers);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->mask, SignalSet(0x55));
    EXPECT_EQ(std::memcmp(&registers.file, &before.file, sizeof(before.file)), 0);
    EXPECT_EQ(registers.extended[200], std::byte{42});
    EXPECT_EQ(registers.extended[512], std::byte{7});
}

TEST(SignalFrame, AForgedFrameCannotHarmTheKernel) {
    UserMemoryFake memory(0x4000);
    auto registers = some_registers();
    SignalAction const action{.handler = 0x50'0000, .restorer = 0x60'0000};
    ASSERT_TRUE(push_frame(memory, registers, action, {.signal = Signal::usr1}, {}, {},
                           registers.file.rsp - 128, {}));
    auto context = *memory.load<UserContext>(registers.file.rdx);
    context.registers.rflags = ~std::uint64_t{0};
    ASSERT_TRUE(memory.store(registers.file.rdx, context));
    // A header with reserved bits, and MXCSR with bits that fault.
    auto const state = context.registers.extended_state;
    ASSERT_TRUE(memory.store(state + 512, ~std::uint64_t{0}));
    ASSERT_TRUE(memory.store(state + 520, ~std::uint64_t{0}));
    ASSERT_TRUE(memory.store(state + 24, ~std::uint32_t{0}));
    registers.file.rsp += 8;
    ASSERT_TRUE(pop_frame(memory, registers));
    EXPECT_EQ(registers.file.rflags & 0x3000, 0U); // IOPL
    std::uint64_t header[2];
    std::memcpy(header, registers.extended + 512, sizeof(header));
    EXPECT_EQ(header[0], 7U);
    EXPECT_EQ(header[1], 0U);
    std::uint32_t mxcsr;
    std::memcpy(&mxcsr, registers.extended + 24, sizeof(mxcsr));
    EXPECT_EQ(mxcsr & 0xffff'0000, 0U);
}

TEST(SignalFrame, NoStackIsAnError) {
    UserMemoryFake memory(0x1000);
    auto registers = some_registers();
    EXPECT_FALSE(push_frame(memory, registers, {}, {.signal = Signal::usr1}, {}, {},
                            UserMemoryFake::base + 0x100, {}));
}

} // namespace
} // namespace personality
