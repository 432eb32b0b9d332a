#pragma once
// Programs that the server itself starts: the shell of the console, commands of the framed channel.
// They are children of process 1, which is the server.

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/ref.hpp>

#include <span>
#include <string_view>

namespace personality {

class DescriptorTable;
class EndObserver;
class FileContext;
class Process;
class System;
class Terminal;

/// Make process 1: it has no program and reaps whatever is orphaned. Call once.
Result<> start_first_process(System& system, Ref<FileContext> place);

struct SpawnRequest {
    /// What to run; without a slash it is looked for in the environment's PATH.
    std::string_view program;
    std::span<std::string_view const> arguments;
    std::span<std::string_view const> environment;
    Ref<DescriptorTable> descriptors;
    Ref<FileContext> place;
    /// Becomes the controlling terminal of the new session.
    Terminal* terminal = nullptr;
    EndObserver* observer = nullptr;
};

/// The new process leads a session of its own. It runs when this returns; on an error nothing is
/// left of it.
Result<Process*> spawn(System& system, SpawnRequest const& request);

} // namespace personality
