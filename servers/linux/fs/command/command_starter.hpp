#pragma once
// Starts the command that a start record describes, with its streams connected.

#include <servers/linux/fs/command/command_input.hpp>
#include <servers/linux/fs/command/command_output.hpp>
#include <servers/linux/process/process.hpp>

#include <protocols/command_channel.hpp>

namespace personality {

class System;

/// Where the command's streams go.
struct CommandStreams {
    CommandInput& input;
    CommandOutput& output;
    CommandOutput& error;
    /// For those that are to be a terminal.
    Ref<Terminal> terminal;
};

Result<Process*> start_command(System& system, command_channel::StartRecord const& record,
                               CommandStreams const& streams, EndObserver& observer);

} // namespace personality
