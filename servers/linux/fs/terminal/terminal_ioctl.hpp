#pragma once
// What programs ask of a terminal and set in it, whichever file they do it by.

#include <servers/linux/outcome.hpp>

#include <cstdint>

namespace personality {

class Call;
class File;
class Terminal;

/// `by`: the file the caller has. `master`: it is the other side of a pseudo-terminal, which may
/// ask who is in the foreground though it is not under the terminal's control. ENOTTY: no such
/// command.
Outcome terminal_ioctl(Call& call, Terminal& terminal, File const& by, std::uint32_t command,
                       std::uint64_t argument, bool master);

} // namespace personality
