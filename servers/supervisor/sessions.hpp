#pragma once
// The sessions of the manifest: memory that both peers map, made once and kept whoever dies.

#include <protocols/manifest.hpp>
#include <runtime/handle.hpp>
#include <runtime/memory.hpp>
#include <servers/supervisor/ram.hpp>

#include <array>
#include <span>

namespace supervisor {

class Sessions {
public:
    base::Result<> make(Ram& ram, std::span<protocols::manifest::Session const> sessions);

    std::span<protocols::manifest::Session const> all() const { return entries_; }
    /// The memory of session `index`; empty if it has none.
    runtime::Memory memory(std::size_t index) const { return memory_[index]; }
    /// Those of which the supervisor is the server are mapped here.
    std::span<std::byte> view(std::size_t index) const { return views_[index].bytes(); }

    /// What a session's memory takes in a machine, all services' together.
    static std::uint64_t bytes(std::span<protocols::manifest::Session const> sessions);

private:
    std::span<protocols::manifest::Session const> entries_;
    std::array<runtime::Memory, protocols::manifest::most_sessions> memory_;
    std::array<runtime::Mapping, protocols::manifest::most_sessions> views_;
};

} // namespace supervisor
