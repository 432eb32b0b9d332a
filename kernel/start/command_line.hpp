#pragma once
// The command line: words parted by blanks, of the form `name` or `name=value`. The kernel knows
// `log=serial`, `exit_port=PORT` and `isolation=` with `off`, `on` or `strict`; everything else is
// for the first process.

#include <cstdint>
#include <optional>
#include <string_view>

namespace kernel {

class CommandLine {
public:
    constexpr explicit CommandLine(std::string_view text) : text_(text) {}

    /// What stands behind `name=`; of several the last, as with every command.
    std::optional<std::string_view> value(std::string_view name) const;
    /// The value as a number, decimal or with 0x; nothing if it is none or too large.
    std::optional<std::uint16_t> port(std::string_view name) const;

private:
    std::string_view text_;
};

} // namespace kernel
