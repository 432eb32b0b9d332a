#pragma once
// What a run of a system call comes to: a result, an error, or "not yet".

#include <servers/linux/errno.hpp>

#include <concepts>
#include <cstdint>
#include <limits>

namespace personality {

/// One register: a value to return (an error is its negative number, as programs see it), or one of
/// three words that no call returns.
class Outcome {
public:
    template <std::integral T>
    constexpr Outcome(T value) : raw_(static_cast<std::int64_t>(value)) {}
    constexpr Outcome(Errno error) : raw_(-static_cast<std::int64_t>(error)) {}
    constexpr Outcome(std::unexpected<Errno> const& error) : Outcome(error.error()) {}
    constexpr Outcome(Result<> const& result) : raw_(0) {
        if (!result) *this = result.error();
    }
    template <std::integral T> constexpr Outcome(Result<T> const& result) : raw_(0) {
        if (result)
            *this = *result;
        else
            *this = result.error();
    }

    /// The call waits: it has registered on queues, or set a deadline, and is run again when one
    /// of them fires.
    static constexpr Outcome blocked() { return Outcome(blocked_raw); }
    /// The registers of the task were replaced as a whole (exec, rt_sigreturn): it goes on there.
    static constexpr Outcome registers() { return Outcome(registers_raw); }
    /// The task has ended: nobody is there to answer.
    static constexpr Outcome gone() { return Outcome(gone_raw); }

    constexpr bool is_blocked() const { return raw_ == blocked_raw; }
    constexpr bool is_registers() const { return raw_ == registers_raw; }
    constexpr bool is_gone() const { return raw_ == gone_raw; }
    constexpr bool is_error() const { return raw_ < 0 && raw_ >= -4095; }
    constexpr bool is(Errno error) const { return raw_ == -static_cast<std::int64_t>(error); }
    constexpr std::int64_t value() const { return raw_; }

private:
    static constexpr std::int64_t blocked_raw = std::numeric_limits<std::int64_t>::min();
    static constexpr std::int64_t registers_raw = blocked_raw + 1;
    static constexpr std::int64_t gone_raw = blocked_raw + 2;
    std::int64_t raw_;
};

} // namespace personality
