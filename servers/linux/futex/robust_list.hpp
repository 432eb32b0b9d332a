#pragma once
// Robust futexes: what a task that ends still holds is marked FUTEX_OWNER_DIED and passed on.

namespace personality {

class Task;

void release_robust_list(Task& task);

} // namespace personality
