// nice values and classes of input and output, of one, a group's or a user's tasks. They are kept
// and told; the scheduler has no use for them.

#include <servers/linux/handlers.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>

namespace personality::calls {

namespace {

enum class Which : std::uint8_t { one, group, user };

/// Call `use(Task&)` for each task that `who` means. ESRCH: none.
template <class F> Result<> each_task(Call& call, Which which, std::uint64_t value, F&& use) {
    auto const who = static_cast<std::uint32_t>(value);
    Task& self = call.task;
    auto& tasks = self.system().tasks;
    if (which == Which::one) {
        auto* const task = who == 0 ? &self : tasks.task(static_cast<Pid>(who));
        if (task == nullptr) return fail(Errno::srch);
        use(*task);
        return {};
    }
    auto const group = who != 0 ? static_cast<Pid>(who) : self.process.group->id;
    auto const user = who != 0 ? who : self.identity().uid;
    bool found = false;
    for (auto* process = tasks.first(); process != nullptr; process = process->next_process) {
        bool const meant = which == Which::group ? process->group && process->group->id == group
                                                 : process->identity.uid == user;
        if (!meant || process->init()) continue;
        for (auto& task : process->tasks) {
            use(task);
            found = true;
        }
    }
    if (!found) return fail(Errno::srch);
    return {};
}

} // namespace

Outcome getpriority(Call& call) {
    constexpr std::uint32_t most = 2;
    if (call.int_arg(0) > most) return Errno::inval;
    int best = 0; // 1 to 40, since negative numbers are errors
    TRY(each_task(call, static_cast<Which>(call.int_arg(0)), call.args[1],
                  [&](Task& task) { best = std::max(best, 20 - task.schedule.nice); }));
    return best;
}

Outcome setpriority(Call& call) {
    constexpr std::uint32_t most = 2;
    if (call.int_arg(0) > most) return Errno::inval;
    auto const nice = std::clamp(call.fd_arg(2), -20, 19);
    auto const& mine = call.task.identity();
    bool const mighty = mine.can(Identity::sys_nice);
    Outcome outcome = 0;
    TRY(each_task(call, static_cast<Which>(call.int_arg(0)), call.args[1], [&](Task& task) {
        auto const& its = task.identity();
        auto const allowed = std::min<std::uint64_t>(task.process.limits.soft(Limit::nice), 40);
        if (its.uid != mine.euid && its.euid != mine.euid && !mighty)
            outcome = Errno::perm;
        else if (nice < task.schedule.nice && nice < 20 - static_cast<int>(allowed) && !mighty)
            outcome = Errno::acces;
        else
            task.schedule.nice = static_cast<std::int8_t>(nice);
    }));
    return outcome;
}

namespace {

constexpr std::uint32_t class_shift = 13, level_mask = 0x1fff, most_levels = 8;
enum Class : std::uint32_t { none = 0, real_time = 1, best_effort = 2, idle = 3 };

Result<Which> input_output_which(std::uint32_t value) {
    if (value < 1 || value > 3) return fail(Errno::inval);
    return static_cast<Which>(value - 1);
}

} // namespace

Outcome ioprio_set(Call& call) {
    auto const value = call.int_arg(2);
    auto const level = value & level_mask;
    auto const& mine = call.task.identity();
    switch (value >> class_shift) {
    case real_time:
        if (!mine.can(Identity::sys_nice) && !mine.can(Identity::sys_admin)) return Errno::perm;
        if (level >= most_levels) return Errno::inval;
        break;
    case best_effort:
        if (level >= most_levels) return Errno::inval;
        break;
    case idle: break;
    case none:
        if (level != 0) return Errno::inval;
        break;
    default: return Errno::inval;
    }
    auto const which = TRY(input_output_which(call.int_arg(0)));
    Outcome outcome = 0;
    TRY(each_task(call, which, call.args[1], [&](Task& task) {
        auto const& its = task.identity();
        bool const allowed =
            its.uid == mine.euid || its.uid == mine.uid || mine.can(Identity::sys_nice);
        if (allowed)
            task.schedule.input_output = static_cast<std::uint16_t>(value);
        else
            outcome = Errno::perm;
    }));
    return outcome;
}

Outcome ioprio_get(Call& call) {
    auto const which = TRY(input_output_which(call.int_arg(0)));
    // The most urgent of them: a lower class comes first, no class is the middle one.
    constexpr std::uint32_t middle = best_effort << class_shift | 4;
    auto const urgency = [](std::uint32_t value) {
        return value >> class_shift == none ? middle : value;
    };
    std::uint32_t best = 0;
    bool first = true;
    TRY(each_task(call, which, call.args[1], [&](Task& task) {
        std::uint32_t const value = task.schedule.input_output;
        if (first || urgency(value) < urgency(best)) best = value;
        first = false;
    }));
    return best;
}

} // namespace personality::calls
