#include <servers/linux/time/alarm_clock.hpp>

#include <utility>

namespace personality {

void Alarm::cancel() {
    if (clock_ != nullptr) clock_->cancel(*this);
}

Alarm* AlarmClock::meld(Alarm* a, Alarm* b) {
    if (a == nullptr) return b;
    if (b == nullptr) return a;
    if (b->when_ < a->when_) std::swap(a, b);
    // b becomes a's first child.
    b->sibling_ = a->child_;
    if (a->child_ != nullptr) a->child_->previous_ = b;
    b->previous_ = a;
    a->child_ = b;
    return a;
}

/// Meld a list of siblings in two passes: in pairs from the left, then together from the right.
Alarm* AlarmClock::meld_pairs(Alarm* first) {
    Alarm* pairs = nullptr; // melded pairs, last one first, through sibling_
    while (first != nullptr) {
        Alarm* a = first;
        Alarm* b = a->sibling_;
        first = b != nullptr ? b->sibling_ : nullptr;
        a->sibling_ = nullptr;
        if (b != nullptr) b->sibling_ = nullptr;
        Alarm* pair = meld(a, b);
        pair->sibling_ = pairs;
        pairs = pair;
    }
    Alarm* root = nullptr;
    while (pairs != nullptr) {
        Alarm* next = pairs->sibling_;
        pairs->sibling_ = nullptr;
        root = meld(root, pairs);
        pairs = next;
    }
    if (root != nullptr) root->previous_ = nullptr;
    return root;
}

void AlarmClock::set(Alarm& alarm, Instant when) {
    alarm.cancel();
    if (when == never) return;
    alarm.when_ = when;
    alarm.clock_ = this;
    root_ = meld(root_, &alarm);
}

void AlarmClock::cancel(Alarm& alarm) {
    if (alarm.clock_ != this) return;
    if (root_ == &alarm) {
        root_ = meld_pairs(alarm.child_);
    } else {
        Alarm* const previous = alarm.previous_;
        (previous->child_ == &alarm ? previous->child_ : previous->sibling_) = alarm.sibling_;
        if (alarm.sibling_ != nullptr) alarm.sibling_->previous_ = previous;
        root_ = meld(root_, meld_pairs(alarm.child_));
    }
    alarm.child_ = alarm.sibling_ = alarm.previous_ = nullptr;
    alarm.clock_ = nullptr;
    alarm.when_ = never;
}

void AlarmClock::advance(Instant now) {
    while (root_ != nullptr && root_->when_ <= now) {
        Alarm& due = *root_;
        cancel(due);
        due.ring(due);
    }
}

} // namespace personality
