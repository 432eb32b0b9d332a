#include <servers/linux/signal/pending.hpp>

#include <new>

namespace personality {

bool PendingSignals::add(SignalInfo const& info, UserAccount* account, std::uint64_t limit) {
    bool const realtime = info.signal >= Signal::first_realtime;
    bool const from_timer = info.timer != 0;
    if (!realtime && !from_timer && set_.has(info.signal)) return true;

    // A timer's signal was paid for when the timer was made; the kernel's own standard ones and
    // those of kill are few.
    bool const free = from_timer || (!realtime && info.code >= 0);
    bool const over = !free && (account != nullptr ? account->queued : count_) >= limit;
    auto* entry = over ? nullptr : new (std::nothrow) Entry{info, {}, nullptr};
    if (!entry && realtime && info.code != signal_code::user) return false;
    set_.add(info.signal);
    if (!entry) return true;
    if (account != nullptr && !from_timer) {
        entry->account = Ref<UserAccount>(account);
        account->queued++;
    }
    auto* at = &first_;
    while (*at) at = &(*at)->next;
    at->reset(entry);
    count_++;
    return true;
}

bool PendingSignals::holds_timer(std::uint32_t serial) const {
    for (auto* entry = first_.get(); entry != nullptr; entry = entry->next.get())
        if (entry->info.timer == serial) return true;
    return false;
}

SignalInfo PendingSignals::take(SignalSet from) {
    SignalSet const there = set_ & from;
    SignalSet const first = there & synchronous;
    Signal const signal = (first.empty() ? there : first).lowest();
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
