#include <servers/linux/signal/permission.hpp>

#include <servers/linux/process/process.hpp>

namespace personality {

bool may_signal(Task const& task, Process const& target, Signal signal) {
    auto const& mine = task.process.identity;
    auto const& its = target.identity;
    if (&task.process == &target || mine.can(Identity::kill)) return true;
    if (mine.euid == its.suid || mine.euid == its.uid || mine.uid == its.suid ||
        mine.uid == its.uid)
        return true;
    return signal == Signal::cont && target.group && task.process.group &&
           target.group->session == task.process.group->session;
}

} // namespace personality
