#pragma once
// The end of a program that found itself wrong.

#include <string_view>

namespace runtime::libc {

/// Writes `what` to the log and traps: the crash record shows where.
[[noreturn]] void fail(std::string_view what);

} // namespace runtime::libc
