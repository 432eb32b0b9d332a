#include <servers/linux/fs/svc/service_link.hpp>

#include <utility>

namespace personality {

Result<std::uint64_t> ServiceLink::ask(protocols::services::Action action, std::uint32_t row) {
    auto const id = client_.ask(action, row);
    if (!id) return fail(Errno::again);
    if (client_.wake_needed()) wake();
    return *id;
}

bool ServiceLink::collect() {
    bool any = false;
    while (auto const answer = client_.answer()) {
        told_[next_++ % told_.size()] = {answer->id, answer->verdict};
        any = true;
    }
    return any;
}

std::optional<protocols::services::Verdict> ServiceLink::verdict(std::uint64_t id) {
    // The supervisor signals only who says that it sleeps, and looks again afterwards.
    while (collect() || !client_.prepare_sleep()) {
    }
    for (auto& told : told_)
        if (told.id == id) return std::exchange(told, {}).verdict;
    return std::nullopt;
}

void ServiceLink::signalled() { answered.wake_all(); }

} // namespace personality
