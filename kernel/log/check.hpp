#pragma once
// What the kernel does when the kernel is wrong: it says where and stops. Checks stay in release
// builds. A caller's mistake is never a check's business: that is a Result.

#include <source_location>
#include <string_view>

namespace kernel {

/// Log the message and how we came here, then stop the machine.
[[noreturn]] void panic(std::string_view message,
                        std::source_location where = std::source_location::current());

/// `message` says what should have held. A pointer, so that its length is taken only when it is
/// said.
inline void check(bool condition, char const* message,
                  std::source_location where = std::source_location::current()) {
    if (!condition) [[unlikely]]
        panic(message, where);
}

namespace arch {

/// Log the return addresses of the callers, innermost first. Each architecture defines this.
void log_backtrace();
/// End the machine, or at least this processor, after a panic.
[[noreturn]] void stop();

} // namespace arch
} // namespace kernel
