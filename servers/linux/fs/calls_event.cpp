// eventfd.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/event/event_counter.hpp>
#include <servers/linux/fs/file_system.hpp>

namespace personality::calls {

namespace {

Outcome make_counter(Call& call, std::uint32_t flags) {
    constexpr std::uint32_t semaphore = 1;
    if ((flags & ~(semaphore | open_flag::close_on_exec | open_flag::nonblock)) != 0)
        return Errno::inval;
    auto const at = TRY(files_of(call).anonymous("anon_inode:[eventfd]"));
    auto file = make<EventCounter>(at, open_flag::read_write | (flags & open_flag::nonblock),
                                   call.int_arg(0), (flags & semaphore) != 0);
    if (!file) return Errno::nomem;
    return install(call, std::move(file), (flags & open_flag::close_on_exec) != 0);
}

} // namespace

Outcome eventfd(Call& call) { return make_counter(call, 0); }
Outcome eventfd2(Call& call) { return make_counter(call, call.int_arg(1)); }

} // namespace personality::calls
