#include <servers/linux/signal/pending.hpp>

#include <new>

namespace personality {

bool PendingSignals::add(SignalInfo const& info, std::uint32_t limit) {
    bool const realtime = info.signal >= Signal::first_realtime;
    if (!realtime && set_.has(info.signal)) return true;
    if (count_ >= limit && realtime) return false;

    auto* entry = count_ < limit ? new (std::nothrow) Entry{info, nullptr} : nullptr;
    if (!entry && realtime) return false;
    set_.add(info.signal);
    if (!entry) return true;
    auto* at = &first_;
    while (*at) at = &(*at)->next;
    at->reset(entry);
    count_++;
    return true;
}

SignalInfo PendingSignals::take(SignalSet from) {
    Signal const signal = (set_ & from).lowest();
    if (signal == Signal::none) return {};
    SignalInfo info{.signal = signal};
    bool found = false, more = false;
    for (auto* at = &first_; *at;) {
        if ((*at)->info.signal != signal) {
            at = &(*at)->next;
        } else if (!found) {
            found = true;
            info = (*at)->info;
            *at = std::move((*at)->next);
            count_--;
        } else {
            more = true;
            break;
        }
    }
    if (!more) set_.remove(signal);
    return info;
}

void PendingSignals::discard(SignalSet signals) {
    for (auto* at = &first_; *at;) {
        if (!signals.has((*at)->info.signal)) {
            at = &(*at)->next;
            continue;
        }
        *at = std::move((*at)->next);
        count_--;
    }
    set_ = set_ & ~signals;
}

} // namespace personality
