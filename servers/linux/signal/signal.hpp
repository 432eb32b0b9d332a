#pragma once
// Signals by number, and sets of them as programs have them (bit n-1 for signal n).

#include <cstdint>

namespace personality {

enum class Signal : std::uint32_t {
    none = 0,
    hup = 1,
    int_ = 2,
    quit = 3,
    ill = 4,
    trap = 5,
    abrt = 6,
    bus = 7,
    fpe = 8,
    kill = 9,
    usr1 = 10,
    segv = 11,
    usr2 = 12,
    pipe = 13,
    alrm = 14,
    term = 15,
    stkflt = 16,
    chld = 17,
    cont = 18,
    stop = 19,
    tstp = 20,
    ttin = 21,
    ttou = 22,
    urg = 23,
    xcpu = 24,
    xfsz = 25,
    vtalrm = 26,
    prof = 27,
    winch = 28,
    io = 29,
    pwr = 30,
    sys = 31,
    first_realtime = 32,
};
constexpr std::uint32_t signal_count = 64;

class SignalSet {
public:
    constexpr SignalSet() = default;
    constexpr explicit SignalSet(std::uint64_t bits) : bits_(bits) {}
    template <class... S> static constexpr SignalSet of(S... signals) {
        return SignalSet((bit(signals) | ... | 0));
    }

    constexpr bool has(Signal signal) const { return (bits_ & bit(signal)) != 0; }
    constexpr void add(Signal signal) { bits_ |= bit(signal); }
    constexpr void remove(Signal signal) { bits_ &= ~bit(signal); }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr std::uint64_t bits() const { return bits_; }
    /// The lowest signal of the set; none if it is empty.
    constexpr Signal lowest() const {
        return bits_ == 0 ? Signal::none : static_cast<Signal>(__builtin_ctzll(bits_) + 1);
    }
    constexpr SignalSet operator|(SignalSet o) const { return SignalSet(bits_ | o.bits_); }
    constexpr SignalSet operator&(SignalSet o) const { return SignalSet(bits_ & o.bits_); }
    constexpr SignalSet operator~() const { return SignalSet(~bits_); }
    constexpr bool operator==(SignalSet const&) const = default;

private:
    static constexpr std::uint64_t bit(Signal signal) {
        return std::uint64_t{1} << (static_cast<std::uint32_t>(signal) - 1);
    }
    std::uint64_t bits_ = 0;
};

/// What a fault causes: taken before all others.
constexpr SignalSet synchronous =
    SignalSet::of(Signal::segv, Signal::bus, Signal::ill, Signal::trap, Signal::fpe, Signal::sys);
constexpr SignalSet unblockable = SignalSet::of(Signal::kill, Signal::stop);
constexpr SignalSet stopping =
    SignalSet::of(Signal::stop, Signal::tstp, Signal::ttin, Signal::ttou);

/// What a signal says about itself, beside its number; the fields of siginfo_t that apply.
struct SignalInfo {
    Signal signal = Signal::none;
    std::int32_t code = 0; ///< SI_USER 0, SI_KERNEL 0x80, SI_QUEUE -1, SI_TKILL -6, CLD_*, SEGV_*
    std::int32_t errno_value = 0;
    std::int32_t pid = 0;    ///< sender or child; timer id
    std::uint32_t uid = 0;   ///< timer overrun
    std::int32_t status = 0; ///< of a child
    std::uint64_t value = 0; ///< sigval; the address of a fault
    std::uint64_t utime = 0, stime = 0;
    /// The process's timer that sent it, by its serial number; no program can say that of a signal.
    std::uint32_t timer = 0;
};
namespace signal_code {
constexpr std::int32_t user = 0, kernel = 0x80, queue = -1, timer = -2, tkill = -6;
constexpr std::int32_t child_exited = 1, child_killed = 2, child_dumped = 3, child_trapped = 4,
                       child_stopped = 5, child_continued = 6;
constexpr std::int32_t segv_maperr = 1, segv_accerr = 2, bus_adraln = 1, bus_adrerr = 2,
                       ill_illopn = 2, trap_trace = 2, fpe_intdiv = 1, fpe_fltdiv = 3,
                       fpe_fltovf = 4, fpe_fltund = 5, fpe_fltres = 6, fpe_fltinv = 7;
} // namespace signal_code

} // namespace personality
