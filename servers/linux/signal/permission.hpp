#pragma once
// Who may send signals to whom.

#include <servers/linux/signal/signal.hpp>

namespace personality {

class Process;
class Task;

bool may_signal(Task const& task, Process const& target, Signal signal);

} // namespace personality
