#include <servers/linux/fs/terminal/master_file.hpp>

#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/opening.hpp>
#include <servers/linux/fs/terminal/pts_volume.hpp>
#include <servers/linux/fs/terminal/terminal_ioctl.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>

namespace personality {

Result<Ref<File>> MasterFile::open(PseudoTerminals& table, OpenRequest const& request) {
    auto& environment = request.at.inode().volume.environment;
    auto pair = TRY(table.create(environment.frames));
    pair->user = request.actor.user;
    pair->born = pair->changed = Timestamp::from_ns(environment.clock.realtime());
    auto file = make<MasterFile>(request.at, request.flags, std::move(pair));
    if (!file) return fail(Errno::nomem);
    return file;
}

Outcome MasterFile::read(Call& call, UserBuffer& to) {
    if (to.remaining() == 0) return 0;
    auto& shown = pair_->shown();
    if (has_news()) {
        auto const news = std::exchange(pair_->news, std::uint8_t{0});
        auto const moved = to.copy_out(std::as_bytes(std::span(&news, 1)));
        return moved ? Outcome(*moved) : moved.error();
    }
    if (shown.empty()) {
        if (pair_->slave_left()) return Errno::io;
        if (nonblocking()) return Errno::again;
        TRY(call.watch(pair_->queue, poll_event::readable | poll_event::hang_up));
        return call.block(Errno::restart_sys);
    }
    if (pair_->packets) TRY(to.fill(std::byte{0}, 1));
    while (!shown.empty() && to.remaining() != 0) {
        auto const piece = shown.front();
        auto const moved = to.copy_out(piece.first(std::min(piece.size(), to.remaining())));
        if (!moved) return moved.error();
        if (*moved == 0) break;
        shown.pop(*moved);
    }
    pair_->pump();
    return to.moved();
}

Outcome MasterFile::write(Call& call, UserBuffer& from) {
    // progress[0]: what earlier runs of this call have written; `from` stands behind it already.
    auto& terminal = *pair_->terminal;
    auto& done = call.progress[0];
    while (from.remaining() != 0) {
        auto const piece = from.next_readable();
        if (!piece) return done != 0 ? Outcome(done) : piece.error();
        if (piece->empty()) break;
        auto const taken = stopped_ ? 0 : terminal.receive(*piece);
        from.advance(taken);
        done += taken;
        if (taken == piece->size()) continue;
        pair_->pump();
        auto const soon = done != 0 ? Outcome(done) : Outcome(Errno::restart_sys);
        if (nonblocking()) return done != 0 ? soon : Errno::again;
        TRY(call.watch(pair_->queue, poll_event::writable));
        return call.block(soon);
    }
    pair_->pump(); // the echo
    return done;
}

std::uint32_t MasterFile::ready() {
    std::uint32_t events = 0;
    if (!pair_->shown().empty()) events |= poll_event::readable;
    if (has_news()) events |= poll_event::readable | poll_event::priority;
    if (pair_->slave_left()) events |= poll_event::hang_up;
    if (!stopped_ && pair_->terminal->discipline().accepts()) events |= poll_event::writable;
    return events;
}

/// TIOCGPTPEER: the slave, without a path that somebody else could have changed.
Outcome MasterFile::open_peer(Call& call, std::uint64_t open_flags) {
    constexpr std::uint64_t known = open_flag::access_mask | open_flag::no_terminal |
                                    open_flag::nonblock | open_flag::close_on_exec;
    if ((open_flags & ~known) != 0) return Errno::inval;
    auto const flags = static_cast<std::uint32_t>(open_flags);
    auto const at = TRY(find_slave(*call.task.system().files, pair_->number));
    auto const file = TRY(at.inode().open(
        {.at = at, .flags = flags, .actor = actor_of(call.task), .task = &call.task}));
    auto const limit = std::min<std::uint64_t>(call.task.process.limits.soft(Limit::nofile),
                                               DescriptorTable::most);
    return call.task.descriptors->add(file, (flags & open_flag::close_on_exec) != 0,
                                      static_cast<std::uint32_t>(limit));
}

Outcome MasterFile::flush(std::uint64_t which) {
    constexpr std::uint64_t output = 1, both = 2;
    if (which > both) return Errno::inval;
    if (which == output) return 0; // it has been typed already
    pair_->shown().pop(pair_->shown().size());
    pair_->pump();
    return 0;
}

Outcome MasterFile::control_flow(std::uint64_t action) {
    namespace cc = control_character;
    switch (action) {
    case 0: stopped_ = true; return 0;
    case 1:
        stopped_ = false;
        pair_->queue.wake_all(poll_event::writable);
        return 0;
    case 2:
    case 3: { // the slave is to stop sending, or to go on
        auto const& characters = pair_->terminal->discipline().termios().characters;
        std::byte const key{characters[action == 2 ? cc::stop : cc::start]};
        if (key != std::byte{0}) pair_->terminal->receive(std::span(&key, 1));
        pair_->pump();
        return 0;
    }
    default: return Errno::inval;
    }
}

Outcome MasterFile::send_signal(std::uint64_t number) {
    if (number == 0 || number > signal_count) return Errno::inval;
    pair_->terminal->signal_foreground(static_cast<Signal>(number));
    return 0;
}

Outcome MasterFile::set_packets(Call& call, std::uint64_t argument) {
    auto const wanted = call.task.memory().load<std::int32_t>(argument);
    if (!wanted) return wanted.error();
    if (*wanted != 0 && !pair_->packets) pair_->news = 0;
    pair_->packets = *wanted != 0;
    return 0;
}

Outcome MasterFile::set_lock(Call& call, std::uint64_t argument) {
    auto const wanted = call.task.memory().load<std::int32_t>(argument);
    if (!wanted) return wanted.error();
    pair_->locked = *wanted != 0;
    return 0;
}

Outcome MasterFile::ioctl(Call& call, std::uint32_t command, std::uint64_t argument) {
    switch (command) {
    case ioctl::get_number:
        return store_int(call, argument, static_cast<std::int32_t>(pair_->number));
    case ioctl::set_lock: return set_lock(call, argument);
    case ioctl::get_lock: return store_int(call, argument, pair_->locked ? 1 : 0);
    case ioctl::open_peer: return open_peer(call, argument);
    case ioctl::packet_mode: return set_packets(call, argument);
    case ioctl::get_packet_mode: return store_int(call, argument, pair_->packets ? 1 : 0);
    case ioctl::send_signal: return send_signal(argument);
    case ioctl::flush: return flush(argument);
    case ioctl::flow: return control_flow(argument);
    case ioctl::bytes_readable:
        return store_int(call, argument, static_cast<std::int32_t>(pair_->shown().size()));
    case ioctl::bytes_to_write: return store_int(call, argument, 0);
    case ioctl::get_device: // as the master's, which is of an older kind of number
        return store_int(call, argument,
                         static_cast<std::int32_t>(DeviceNumber{128, pair_->number}.encoded()));
    default: return terminal_ioctl(call, *pair_->terminal, *this, command, argument, true);
    }
}

} // namespace personality
