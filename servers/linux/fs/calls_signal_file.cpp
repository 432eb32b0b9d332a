// signalfd.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/event/signal_file.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

Outcome make_or_change(Call& call, std::uint32_t flags) {
    if ((flags & ~(open_flag::close_on_exec | open_flag::nonblock)) != 0) return Errno::inval;
    if (call.args[2] != sizeof(std::uint64_t)) return Errno::inval;
    SignalSet const asked(TRY(call.task.memory().load<std::uint64_t>(call.args[1])));
    auto const signals = asked & ~unblockable;
    if (auto const fd = call.fd_arg(0); fd != -1) {
        auto const file = TRY(file_of(call, fd));
        if (file->path_only()) return Errno::badf;
        if (file->kind() != FileKind::signals) return Errno::inval;
        static_cast<SignalFile&>(*file).change(signals);
        return fd;
    }
    auto const at = TRY(files_of(call).anonymous("anon_inode:[signalfd]"));
    auto file = make<SignalFile>(at, open_flag::read_write | (flags & open_flag::nonblock),
                                 call.task.system(), signals);
    if (!file) return Errno::nomem;
    return install(call, std::move(file), (flags & open_flag::close_on_exec) != 0);
}

} // namespace

Outcome signalfd(Call& call) { return make_or_change(call, 0); }
Outcome signalfd4(Call& call) { return make_or_change(call, call.int_arg(3)); }

} // namespace personality::calls
