#pragma once
// The ports that the early log is written to: the emulator's debug console where there is one, the
// first serial port only if the command line asks for it, since that is a driver's otherwise.

namespace kernel::arch {

/// Log to the debug console if it answers.
void find_log_port();
/// Log to the first serial port too.
void log_to_serial();

} // namespace kernel::arch
