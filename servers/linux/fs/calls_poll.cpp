// poll and ppoll.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/poll_set.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>

#include <cstring>

namespace personality::calls {

namespace {

struct PollWords { // struct pollfd
    std::int32_t fd;
    std::uint16_t events, told;
};

Outcome look_at_all(Call& call, UserAddress address, std::uint64_t count, bool watch) {
    std::int64_t ready = 0;
    auto& memory = call.task.memory();
    for (std::uint64_t i = 0; i < count; i++) {
        // One look at the program's memory, for reading and for writing, where the words lie in
        // one page.
        auto const at = address + i * sizeof(PollWords);
        PollWords words;
        auto const piece = TRY(memory.writable(at, sizeof words));
        bool const whole = piece.size() == sizeof words;
        if (whole)
            std::memcpy(&words, piece.data(), sizeof words);
        else
            words = TRY(memory.load<PollWords>(at));
        words.told = 0;
        auto const file = call.task.descriptors->file(words.fd);
        if (words.fd >= 0 && !file)
            words.told = poll_event::invalid;
        else if (words.fd >= 0 && watch)
            TRY(watch_file(call, **file, words.events));
        if (words.fd >= 0 && file)
            words.told = static_cast<std::uint16_t>(look(**file, words.events));
        ready += words.told != 0;
        if (whole)
            std::memcpy(piece.data(), &words, sizeof words);
        else
            TRY(memory.store(at, words));
    }
    return ready;
}

/// The files may change, or the descriptors, while this waits: each run looks anew.
Outcome poll_all(Call& call, Errno when_interrupted) {
    auto const count = call.args[1];
    if (count > call.task.process.limits.soft(Limit::nofile)) return Errno::inval;
    auto const ready = look_at_all(call, call.args[0], count, false);
    if (ready.value() != 0 || timed_out(call)) return ready;
    if (call.interrupted) return when_interrupted;
    auto const watched = look_at_all(call, call.args[0], count, true);
    return watched.is_error() ? watched : call.block(when_interrupted);
}

} // namespace

Outcome poll(Call& call) {
    TRY(set_timeout_ms(call, call.fd_arg(2)));
    auto const outcome = poll_all(call, Errno::restart_block);
    if (outcome.is(Errno::restart_block)) {
        constexpr std::uint64_t poll_number = 7;
        call.task.restart = {.number = poll_number, .words = {call.deadline}};
    }
    return outcome;
}

Outcome poll_again(Call& call) {
    call.deadline = call.task.restart.words[0];
    return poll_all(call, Errno::restart_block);
}

Outcome ppoll(Call& call) {
    TRY(set_timeout(call, call.args[2]));
    TRY(set_mask(call, call.args[3], call.args[4]));
    auto const outcome = poll_all(call, Errno::restart_no_hand);
    if (!outcome.is_blocked()) store_timeout(call, call.args[2]);
    return outcome;
}

} // namespace personality::calls
