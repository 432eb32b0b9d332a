#pragma once
// What poll and select have in common: looking at files, waiting for any of them, timeouts and the
// signal mask for the time of the call.

#include <servers/linux/call.hpp>
#include <servers/linux/fs/file.hpp>

#include <cstdint>

namespace personality {

/// What is true of a file among `events`, with what is always told (errors, hang-up).
std::uint32_t look(File& file, std::uint32_t events);
/// Be run again when one of `events` may have come true.
Result<> watch_file(Call& call, File& file, std::uint32_t events);

/// The timeout of a call, kept in Call::deadline from its first run on. Each takes the argument as
/// the call has it; none or negative: never. EINVAL.
Result<> set_timeout_ms(Call& call, std::int32_t milliseconds);
Result<> set_timeout(Call& call, UserAddress timespec);
Result<> set_timeout_us(Call& call, UserAddress timeval);
/// Write back what is left of it, as Linux does after ppoll, pselect6 and select.
void store_timeout(Call& call, UserAddress timespec);
void store_timeout_us(Call& call, UserAddress timeval);
/// Whether there is no time to wait at all, or none left.
bool timed_out(Call& call);

/// The signal mask for the time of the call. EINVAL: its size is wrong.
Result<> set_mask(Call& call, UserAddress mask, std::uint64_t bytes);

} // namespace personality
