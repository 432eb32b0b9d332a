#pragma once
// What file operations need to know of the task that asks for them.

#include <servers/linux/fs/actor.hpp>
#include <servers/linux/signal/signal.hpp>

#include <cstdint>

namespace personality {

class Task;

/// The rights of file accesses.
Actor actor_of(Task const& task);
/// The rights that access(2) checks: those of the real user.
Actor real_actor_of(Task const& task);
/// RLIMIT_FSIZE.
std::uint64_t file_size_limit(Task const& task);
/// A signal that a call earns its caller (SIGPIPE, SIGXFSZ).
void raise(Task& task, Signal signal);

} // namespace personality
