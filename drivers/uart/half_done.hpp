#pragma once
// What a predecessor that was killed in a restartable window left half done.

#include <abi/message.hpp>
#include <protocols/line.hpp>

#include <cstdint>
#include <optional>

namespace uart {

enum class Direction : std::uint8_t { receive, transmit };

/// Bytes passed the data port `port`; the ring's position after them is `position`, and may not
/// have been stored.
struct HalfDone {
    std::uint16_t port;
    Direction direction;
    std::uint64_t position;
    bool operator==(HalfDone const&) const = default;
};

/// What the registers say; nothing if no window was open.
std::optional<HalfDone> half_done(abi::RegisterFile const& registers);

/// Store the position that the predecessor may not have come to store, in the line of that port,
/// before anything else looks at its rings. A predecessor that died of wild registers is believed
/// only within the reach of one window. Doing this twice does no harm.
void complete(HalfDone const& step, protocols::line::Line& line);

} // namespace uart
