#pragma once
// The protocols of this tree, with the size of the session memory that each wants. A manifest need
// not repeat what the headers say.

#include <protocols/line.hpp>
#include <protocols/services.hpp>
#include <protocols/terminal.hpp>

#include <abi/memory.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace policy {

struct KnownProtocol {
    std::string_view name;
    std::uint64_t bytes;
};

inline constexpr KnownProtocol known_protocols[] = {
    {"line", protocols::line::memory_bytes},
    {"terminal", protocols::terminal::memory_bytes},
    {"services", protocols::services::memory_bytes},
};

/// What the supervisor itself serves.
inline constexpr std::string_view supervisor_serves = "services";

inline std::optional<std::uint64_t> session_bytes(std::string_view protocol) {
    for (auto const& known : known_protocols)
        if (known.name == protocol)
            return (known.bytes + abi::page_bytes - 1) / abi::page_bytes * abi::page_bytes;
    return std::nullopt;
}

} // namespace policy
