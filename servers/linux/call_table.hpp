#pragma once
// Which handler serves which system call.

#include <servers/linux/call.hpp>

#include <cstdint>
#include <string_view>

namespace personality {

enum class Support : std::uint8_t {
    full,    ///< as Linux
    partial, ///< the note says what lacks
    absent,  ///< ENOSYS, or what the note says
};

/// One system call of x86-64 Linux.
struct CallLine {
    std::uint16_t number;
    std::string_view name;
    Outcome (*handler)(Call&);
    Support support = Support::full;
    std::string_view note = {};
};

namespace call_number {
constexpr std::uint64_t restart_syscall = 219;
}

/// Run the call's handler once.
Outcome run_handler(Call& call);

} // namespace personality
