#include <servers/linux/futex/robust_list.hpp>

#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality {

namespace {

struct Head { // struct robust_list_head
    UserAddress first;
    std::int64_t futex_offset;
    UserAddress pending;
};

constexpr unsigned most = 2048; // ROBUST_LIST_LIMIT: lists may be circles
constexpr std::uint32_t waiters = 0x8000'0000, owner_died = 0x4000'0000, tid_mask = 0x3fff'ffff;

void release_one(Task& task, UserAddress at) {
    if (at % 4 != 0) return;
    auto const word = task.memory().load<std::uint32_t>(at);
    if (!word || (*word & tid_mask) != static_cast<std::uint32_t>(task.tid)) return;
    if (!task.memory().store(at, (*word & waiters) | owner_died)) return;
    if ((*word & waiters) == 0) return;
    if (auto place = task.memory().shared_place(at))
        task.system().futexes.wake({place->object, place->offset}, 1);
}

} // namespace

void release_robust_list(Task& task) {
    if (task.robust_list == 0) return;
    auto const head = task.memory().load<Head>(task.robust_list);
    if (!head) return;
    // Bit 0 of an entry says that it is a PI futex.
    UserAddress entry = head->first & ~UserAddress{1};
    UserAddress const pending = head->pending & ~UserAddress{1};
    auto const futex = [&](UserAddress at) {
        return at + static_cast<std::uint64_t>(head->futex_offset);
    };
    for (unsigned i = 0; i < most && entry != task.robust_list; i++) {
        auto const next = task.memory().load<UserAddress>(entry);
        if (entry != pending) release_one(task, futex(entry));
        if (!next) break;
        entry = *next & ~UserAddress{1};
    }
    if (pending != 0) release_one(task, futex(pending));
}

} // namespace personality
