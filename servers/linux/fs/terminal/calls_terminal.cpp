// vhangup: a fresh start for whoever is to log in at this terminal.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/terminal/terminal.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

Outcome vhangup(Call& call) {
    auto& process = call.task.process;
    if (!process.identity.can(Identity::sys_tty_config)) return Errno::perm;
    Ref<Terminal> const terminal(process.left_terminal ? nullptr
                                                       : process.group->session->terminal);
    if (terminal) terminal->hang_up();
    return 0;
}

} // namespace personality::calls
