#include <servers/linux/process/wait.hpp>

#include <servers/linux/process/end.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>

namespace personality {

namespace {

bool matches(Process const& child, WaitFor const& which) {
    bool const clone = child.exit_signal != static_cast<std::uint32_t>(Signal::chld);
    if ((which.flags & wait_flag::all) == 0 && clone != ((which.flags & wait_flag::clone) != 0))
        return false;
    switch (which.kind) {
    case WaitFor::Kind::process: return child.pid == which.id;
    case WaitFor::Kind::group: return child.group && child.group->id == which.id;
    default: return true;
    }
}

ChildEvent event(Process& child, std::int32_t status, std::int32_t code) {
    return {.pid = child.pid,
            .uid = child.identity.uid,
            .status = status,
            .code = code,
            .count = count_of_family(child)};
}

std::int32_t end_code(std::int32_t status) {
    if ((status & 0x7f) == 0) return signal_code::child_exited;
    return (status & 0x80) != 0 ? signal_code::child_dumped : signal_code::child_killed;
}

} // namespace

Result<ChildEvent> look_for_child(Task& task, WaitFor const& which) {
    Process& parent = task.process;
    bool const own = (which.flags & wait_flag::no_thread) != 0;
    bool found = false;
    bool const take = (which.flags & wait_flag::no_wait) == 0;
    for (auto& child : parent.children) {
        if (!matches(child, which) || (own && child.maker != task.tid)) continue;
        found = true;
        if (child.state == Process::State::zombie && (which.flags & wait_flag::exited) != 0) {
            auto const result = event(child, child.wait_status, end_code(child.wait_status));
            if (take) reap(child);
            return result;
        }
        if (child.stop_unreported && (which.flags & wait_flag::stopped) != 0) {
            if (take) child.stop_unreported = false;
            return event(child, child.stop_signal << 8 | 0x7f, signal_code::child_stopped);
        }
        if (child.continue_unreported && (which.flags & wait_flag::continued) != 0) {
            if (take) child.continue_unreported = false;
            return event(child, 0xffff, signal_code::child_continued);
        }
    }
    if (!found) return fail(Errno::child);
    return ChildEvent{};
}

} // namespace personality
