#include <servers/linux/fs/caller.hpp>

#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/signal/send.hpp>

namespace personality {

namespace {

Actor actor(Task const& task, std::uint32_t user, std::uint32_t group, std::uint64_t capabilities) {
    auto const& identity = task.identity();
    return {.user = user,
            .group = group,
            .groups = std::span(identity.groups).first(identity.group_count),
            .process = task.process.pid,
            .thread = task.tid,
            .capabilities = capabilities};
}

} // namespace

Actor actor_of(Task const& task) {
    auto const& identity = task.identity();
    return actor(task, identity.fsuid, identity.fsgid, identity.effective);
}

Actor real_actor_of(Task const& task) {
    auto const& identity = task.identity();
    return actor(task, identity.uid, identity.gid, identity.uid == 0 ? identity.permitted : 0);
}

std::uint64_t file_size_limit(Task const& task) { return task.process.limits.soft(Limit::fsize); }

void raise(Task& task, Signal signal) { send_own_signal(task, signal); }

Outcome store_int(Call& call, std::uint64_t address, std::int32_t value) {
    return call.task.memory().store(address, value);
}

} // namespace personality
