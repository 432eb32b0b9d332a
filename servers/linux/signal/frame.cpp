#include <servers/linux/signal/frame.hpp>

#include <base/address.hpp>

#include <cstring>

namespace personality {

namespace {

constexpr std::uint32_t magic1 = 0x4650'5853, magic2 = 0x4650'5845;
constexpr std::size_t software_offset = 464; ///< struct _fpx_sw_bytes in the legacy area
constexpr std::size_t header_offset = 512;   ///< XSAVE header
constexpr std::uint64_t features = 7;        ///< x87, SSE, AVX
constexpr std::size_t saved_bytes = abi::extended_state_bytes + sizeof(magic2);
constexpr std::uint32_t default_mxcsr = 0x1f80;

struct SoftwareBytes {
    std::uint32_t magic;
    std::uint32_t extended_size;
    std::uint64_t features;
    std::uint32_t state_size;
    std::uint32_t padding[7];
};
static_assert(sizeof(SoftwareBytes) == 48);

// uc_flags: the extended state is complete; SS is saved, and restored as it is.
constexpr std::uint64_t context_flags = 1 | 2 | 4;
constexpr std::uint16_t user_cs = 0x33, user_ss = 0x2b;
// What a program may set of RFLAGS by returning from a handler (FIX_EFLAGS).
constexpr std::uint64_t settable_flags = 0x0005'0dd5;

template <class T> void put(SignalInfoBytes& bytes, std::size_t offset, T value) {
    std::memcpy(bytes.data() + offset, &value, sizeof(value));
}
template <class T> T get(SignalInfoBytes const& bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(value));
    return value;
}

bool fault_signal(Signal signal) {
    return signal == Signal::segv || signal == Signal::bus || signal == Signal::ill ||
           signal == Signal::fpe || signal == Signal::trap;
}

} // namespace

void clear_extended(Registers& registers) {
    std::memset(registers.extended, 0, sizeof(registers.extended));
    std::uint16_t const control = 0x37f;
    std::memcpy(registers.extended, &control, sizeof(control));
    std::memcpy(registers.extended + 24, &default_mxcsr, sizeof(default_mxcsr));
    registers.file.has_extended = 1;
}

SignalInfoBytes encode(SignalInfo const& info) {
    SignalInfoBytes bytes{};
    put(bytes, 0, static_cast<std::int32_t>(info.signal));
    put(bytes, 4, info.errno_value);
    put(bytes, 8, info.code);
    if (info.code > 0 && info.code != signal_code::kernel && fault_signal(info.signal)) {
        put(bytes, 16, info.value);
        return bytes;
    }
    put(bytes, 16, info.pid); // or the timer's id
    put(bytes, 20, info.uid); // or its overrun
    if (info.signal == Signal::chld && info.code > 0) {
        put(bytes, 24, info.status);
        put(bytes, 32, static_cast<std::int64_t>(info.utime));
        put(bytes, 40, static_cast<std::int64_t>(info.stime));
    } else {
        put(bytes, 24, info.value);
    }
    return bytes;
}

SignalInfo decode(SignalInfoBytes const& bytes) {
    return {.signal = static_cast<Signal>(get<std::int32_t>(bytes, 0)),
            .code = get<std::int32_t>(bytes, 8),
            .errno_value = get<std::int32_t>(bytes, 4),
            .pid = get<std::int32_t>(bytes, 16),
            .uid = get<std::uint32_t>(bytes, 20),
            .value = get<std::uint64_t>(bytes, 24)};
}

Result<> push_frame(UserMemory& memory, Registers& registers, SignalAction const& action,
                    SignalInfo const& info, SignalSet mask, SignalStackWords alternate,
                    UserAddress stack, FaultWords const& fault, UserAddress lowest) {
    auto& r = registers.file;
    if (r.has_extended == 0) clear_extended(registers);

    UserAddress const state = base::align_down(stack - saved_bytes, 64);
    UserAddress const at = base::align_down(state - sizeof(SignalFrame), 16) - 8;
    if (at < lowest || at > stack) return fail(Errno::fault);

    SoftwareBytes const software{.magic = magic1,
                                 .extended_size = saved_bytes,
                                 .features = features,
                                 .state_size = abi::extended_state_bytes,
                                 .padding = {}};
    std::memcpy(registers.extended + software_offset, &software, sizeof(software));
    TRY(memory.copy_out(state, registers.extended));
    TRY(memory.store(state + abi::extended_state_bytes, magic2));

    SignalFrame frame{};
    frame.restorer = action.restorer;
    frame.context.flags = context_flags;
    frame.context.stack = alternate;
    frame.context.mask = mask.bits();
    frame.context.registers = {
        .r8 = r.r8,
        .r9 = r.r9,
        .r10 = r.r10,
        .r11 = r.r11,
        .r12 = r.r12,
        .r13 = r.r13,
        .r14 = r.r14,
        .r15 = r.r15,
        .rdi = r.rdi,
        .rsi = r.rsi,
        .rbp = r.rbp,
        .rbx = r.rbx,
        .rdx = r.rdx,
        .rax = r.rax,
        .rcx = r.rcx,
        .rsp = r.rsp,
        .rip = r.rip,
        .rflags = r.rflags,
        .cs = user_cs,
        .gs = 0,
        .fs = 0,
        .ss = user_ss,
        .error = fault.error,
        .trap = fault.trap,
        .old_mask = mask.bits(),
        .cr2 = fault.address,
        .extended_state = state,
        .reserved = {},
    };
    frame.info = encode(info);
    TRY(memory.store(at, frame));

    r.rdi = static_cast<std::uint64_t>(info.signal);
    r.rsi = at + offsetof(SignalFrame, info);
    r.rdx = at + offsetof(SignalFrame, context);
    r.rax = 0;
    r.rsp = at;
    r.rip = action.handler;
    constexpr std::uint64_t direction = 0x400, trap = 0x100, resume = 0x1'0000;
    r.rflags &= ~(direction | trap | resume);
    clear_extended(registers);
    return {};
}

Result<Returned> pop_frame(UserMemory& memory, Registers& registers) {
    auto& r = registers.file;
    // The handler's RET has taken the restorer's address.
    auto const frame = TRY(memory.load<SignalFrame>(r.rsp - 8));
    auto const& c = frame.context.registers;
    r.r8 = c.r8, r.r9 = c.r9, r.r10 = c.r10, r.r11 = c.r11;
    r.r12 = c.r12, r.r13 = c.r13, r.r14 = c.r14, r.r15 = c.r15;
    r.rdi = c.rdi, r.rsi = c.rsi, r.rbp = c.rbp, r.rbx = c.rbx;
    r.rdx = c.rdx, r.rax = c.rax, r.rcx = c.rcx, r.rsp = c.rsp;
    r.rip = c.rip;
    r.rflags = (r.rflags & ~settable_flags) | (c.rflags & settable_flags);
    if (c.rip >= abi::user_end) return fail(Errno::fault);

    clear_extended(registers);
    if (c.extended_state != 0) {
        std::byte state[abi::extended_state_bytes];
        TRY(memory.copy_in(std::span(state).first(header_offset), c.extended_state));
        SoftwareBytes software;
        std::memcpy(&software, state + software_offset, sizeof(software));
        bool const whole = software.magic == magic1 &&
                           software.state_size == abi::extended_state_bytes &&
                           software.extended_size == saved_bytes;
        if (whole) {
            TRY(memory.copy_in(std::span(state).subspan(header_offset),
                               c.extended_state + header_offset));
            auto const end =
                TRY(memory.load<std::uint32_t>(c.extended_state + abi::extended_state_bytes));
            if (end != magic2) return fail(Errno::fault);
            // Only features that are saved, and nothing in the header that XRSTOR refuses.
            std::uint64_t present;
            std::memcpy(&present, state + header_offset, sizeof(present));
            present &= features & software.features;
            std::memset(state + header_offset, 0, 64);
            std::memcpy(state + header_offset, &present, sizeof(present));
        } else {
            // Only the part FXSAVE knows.
            std::memset(state + header_offset, 0, sizeof(state) - header_offset);
            std::uint64_t const present = 3;
            std::memcpy(state + header_offset, &present, sizeof(present));
        }
        std::uint32_t mxcsr;
        std::memcpy(&mxcsr, state + 24, sizeof(mxcsr));
        mxcsr &= 0xffff;
        std::memcpy(state + 24, &mxcsr, sizeof(mxcsr));
        std::memset(state + software_offset, 0, sizeof(SoftwareBytes));
        std::memcpy(registers.extended, state, sizeof(state));
    }
    return Returned{SignalSet(frame.context.mask), frame.context.stack};
}

} // namespace personality
