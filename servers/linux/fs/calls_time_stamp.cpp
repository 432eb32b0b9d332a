// utimensat and its elders.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/node_operations.hpp>
#include <servers/linux/fs/notify/notify.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

constexpr auto here = at_flag::working_folder;
constexpr std::int64_t now_mark = 0x3fff'ffff, omit_mark = 0x3fff'fffe; // UTIME_NOW, UTIME_OMIT

struct TimeWords { // struct timespec, or timeval
    std::int64_t seconds, fraction;
};
using Pair = std::array<TimeWords, 2>;

/// What is to be set, and whether it is no more than "now", which needs less of a right.
struct Times {
    AttributeChange change;
    bool now_only = true;
};

Result<std::optional<Timestamp>> time_from(TimeWords const& words, Timestamp now, Times& times) {
    if (words.fraction == omit_mark) {
        times.now_only = false;
        return std::nullopt;
    }
    if (words.fraction == now_mark) return now;
    if (words.fraction < 0 || words.fraction >= 1'000'000'000) return fail(Errno::inval);
    times.now_only = false;
    return Timestamp{words.seconds, static_cast<std::uint32_t>(words.fraction)};
}

Result<Times> times_from(Pair const& pair, Timestamp now) {
    Times times;
    times.change.accessed = TRY(time_from(pair[0], now, times));
    times.change.modified = TRY(time_from(pair[1], now, times));
    return times;
}

Outcome set_times(Location const& at, Pair const& pair, Actor const& actor) {
    auto const times = TRY(times_from(pair, at.inode().volume.now()));
    if (!times.change.accessed && !times.change.modified) return 0;
    TRY(check_changeable(at));
    auto const attributes = at.inode().attributes();
    if (!actor.owns(attributes)) {
        if (!times.now_only) return Errno::perm;
        TRY(actor.check(attributes, wanted::write));
    }
    TRY(at.inode().change(times.change));
    bool const both = times.change.accessed && times.change.modified;
    notify(*at.entry, both                    ? notify_event::attributes
                      : times.change.modified ? notify_event::modify
                                              : notify_event::access);
    return 0;
}

constexpr Pair both_now{{{0, now_mark}, {0, now_mark}}};

Result<Pair> load_microseconds(Call& call, UserAddress address) {
    if (address == 0) return both_now;
    auto pair = TRY(call.task.memory().load<Pair>(address));
    for (auto& words : pair) {
        if (words.fraction < 0 || words.fraction >= 1'000'000) return fail(Errno::inval);
        words.fraction *= 1000;
    }
    return pair;
}

} // namespace

Outcome utimensat(Call& call) {
    auto const flags = call.int_arg(3);
    if ((flags & ~(at_flag::symlink_no_follow | at_flag::empty_path)) != 0) return Errno::inval;
    auto const pair =
        call.args[2] == 0 ? both_now : TRY(call.task.memory().load<Pair>(call.args[2]));
    if (pair[0].fraction == omit_mark && pair[1].fraction == omit_mark) return 0;
    CallPath path(call);
    if (call.args[1] == 0) { // futimens
        if (call.fd_arg(0) == here) return Errno::fault;
        auto const file = TRY(file_of(call, call.fd_arg(0)));
        if (file->path_only()) return Errno::badf;
        return set_times(file->location, pair, path.actor());
    }
    return set_times(TRY(path.find_at(call.fd_arg(0), call.args[1], flags)), pair, path.actor());
}

Outcome utime(Call& call) {
    Pair pair = both_now;
    if (call.args[1] != 0) {
        auto const seconds =
            TRY((call.task.memory().load<std::array<std::int64_t, 2>>(call.args[1])));
        pair = {{{seconds[0], 0}, {seconds[1], 0}}};
    }
    CallPath path(call);
    return set_times(TRY(path.find(here, call.args[0])), pair, path.actor());
}

Outcome utimes(Call& call) {
    auto const pair = TRY(load_microseconds(call, call.args[1]));
    CallPath path(call);
    return set_times(TRY(path.find(here, call.args[0])), pair, path.actor());
}

Outcome futimesat(Call& call) {
    auto const pair = TRY(load_microseconds(call, call.args[2]));
    CallPath path(call);
    if (call.args[1] == 0)
        return set_times(TRY(file_of(call, call.fd_arg(0)))->location, pair, path.actor());
    return set_times(TRY(path.find(call.fd_arg(0), call.args[1])), pair, path.actor());
}

} // namespace personality::calls
