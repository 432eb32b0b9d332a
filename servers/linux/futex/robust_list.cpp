#include <servers/linux/futex/robust_list.hpp>

#include <servers/linux/futex/priority_lock.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality {

namespace {

using namespace futex_word;

struct Head { // struct robust_list_head
    UserAddress first;
    std::int64_t futex_offset;
    UserAddress pending;
};

constexpr unsigned most = 2048;         // ROBUST_LIST_LIMIT: lists may be circles
constexpr UserAddress priority_bit = 1; ///< of an entry: its lock hands priority on

void wake_one(Task& task, UserAddress at) {
    if (auto const place = task.memory().shared_place(at))
        static_cast<void>(task.system().futexes.wake({place->object, place->offset}, 1));
}

void release_one(Task& task, UserAddress at, bool hands_priority_on, bool pending) {
    if (at % 4 != 0) return;
    auto const word = task.memory().load<std::uint32_t>(at);
    if (!word) return;
    // It died between letting go and waking the next one.
    if (pending && !hands_priority_on && *word == 0) return wake_one(task, at);
    if ((*word & tid_mask) != static_cast<std::uint32_t>(task.tid)) return;
    if (!task.memory().store(at, (*word & waiters) | owner_died)) return;
    // The others go on to the next in line (pass_on_locks).
    if (!hands_priority_on && (*word & waiters) != 0) wake_one(task, at);
}

} // namespace

void release_robust_list(Task& task) {
    if (task.robust_list == 0) return;
    auto const head = task.memory().load<Head>(task.robust_list);
    if (!head) return;
    auto const release = [&](UserAddress entry, bool pending) {
        auto const at = (entry & ~priority_bit) + static_cast<std::uint64_t>(head->futex_offset);
        release_one(task, at, (entry & priority_bit) != 0, pending);
    };
    UserAddress entry = head->first;
    for (unsigned i = 0; i < most && (entry & ~priority_bit) != task.robust_list; i++) {
        auto const next = task.memory().load<UserAddress>(entry & ~priority_bit);
        if ((entry & ~priority_bit) != (head->pending & ~priority_bit)) release(entry, false);
        if (!next) break;
        entry = *next;
    }
    if ((head->pending & ~priority_bit) != 0) release(head->pending, true);
}

} // namespace personality
