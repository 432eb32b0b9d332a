#include <servers/supervisor/sessions.hpp>

namespace supervisor {

base::Result<> Sessions::make(Ram& ram, std::span<protocols::manifest::Session const> sessions) {
    entries_ = sessions;
    for (std::size_t i = 0; i < sessions.size(); i++) {
        if (sessions[i].bytes == 0) continue;
        memory_[i] = TRY(ram.memory(sessions[i].bytes));
        if (sessions[i].server == protocols::manifest::supervisor)
            views_[i] = TRY(runtime::map(memory_[i], sessions[i].bytes));
    }
    return {};
}

std::uint64_t Sessions::bytes(std::span<protocols::manifest::Session const> sessions) {
    std::uint64_t sum = 0;
    for (auto const& session : sessions) sum += session.bytes;
    return sum;
}

} // namespace supervisor
