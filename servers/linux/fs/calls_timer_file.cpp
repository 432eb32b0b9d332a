// timerfd.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/event/timer_file.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/time/time_words.hpp>

namespace personality::calls {

namespace {

struct SettingWords { // struct itimerspec
    TimeSpec interval, value;
};

Result<Ref<File>> timer_of(Call& call) {
    auto file = TRY(file_of(call, call.fd_arg(0)));
    if (file->path_only()) return fail(Errno::badf);
    if (file->kind() != FileKind::timer) return fail(Errno::inval);
    return file;
}

SettingWords encode(TimerFile::Setting const& setting) {
    return {TimeSpec::of(setting.interval), TimeSpec::of(setting.value)};
}

} // namespace

Outcome timerfd_create(Call& call) {
    constexpr std::int32_t realtime = 0, monotonic = 1, boottime = 7, realtime_alarm = 8,
                           boottime_alarm = 9;
    auto const clock = call.fd_arg(0);
    auto const flags = call.int_arg(1);
    if ((flags & ~(open_flag::close_on_exec | open_flag::nonblock)) != 0) return Errno::inval;
    bool const wakes = clock == realtime_alarm || clock == boottime_alarm;
    if (!wakes && clock != realtime && clock != monotonic && clock != boottime) return Errno::inval;
    if (wakes && !call.task.identity().can(Identity::wake_alarm)) return Errno::perm;
    auto const at = TRY(files_of(call).anonymous("anon_inode:[timerfd]"));
    bool const real = clock == realtime || clock == realtime_alarm;
    auto file = make<TimerFile>(at, open_flag::read_write | (flags & open_flag::nonblock),
                                call.task.system(), real);
    if (!file) return Errno::nomem;
    return install(call, std::move(file), (flags & open_flag::close_on_exec) != 0);
}

Outcome timerfd_settime(Call& call) {
    constexpr std::uint32_t absolute = 1, cancel_on_set = 2;
    auto& memory = call.task.memory();
    auto const words = TRY(memory.load<SettingWords>(call.args[2]));
    auto const flags = call.int_arg(1);
    if ((flags & ~(absolute | cancel_on_set)) != 0) return Errno::inval;
    TimerFile::Setting const setting{TRY(words.interval.ns()), TRY(words.value.ns())};
    auto const file = TRY(timer_of(call));
    auto& timer = static_cast<TimerFile&>(*file);
    auto const old = encode(timer.left());
    auto const set = timer.set(setting, {.absolute = (flags & absolute) != 0,
                                         .cancel_on_set = flags == (absolute | cancel_on_set)});
    if (set && call.args[3] != 0) return memory.store(call.args[3], old);
    return set;
}

Outcome timerfd_gettime(Call& call) {
    auto const file = TRY(timer_of(call));
    return call.task.memory().store(call.args[1], encode(static_cast<TimerFile&>(*file).left()));
}

} // namespace personality::calls
