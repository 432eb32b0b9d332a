// select and pselect6.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/poll_set.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>
#include <array>

namespace personality::calls {

namespace {

constexpr std::uint32_t word_bits = 64;

/// What each of the three sets asks for, and what counts as its answer (fs/select.c).
struct Question {
    std::uint32_t asked, answer;
};
constexpr std::array<Question, 3> questions{
    {{poll_event::readable | poll_event::read_band,
      poll_event::readable | poll_event::read_band | poll_event::hang_up | poll_event::error},
     {poll_event::writable | poll_event::write_band,
      poll_event::writable | poll_event::write_band | poll_event::error},
     {poll_event::priority, poll_event::priority}}};

using Words = std::array<std::uint64_t, 3>; ///< of 64 descriptors

struct Sets {
    UserMemory& memory;
    std::array<UserAddress, 3> at;

    Result<Words> load(std::uint32_t word) const {
        Words words{};
        for (std::size_t i = 0; i < words.size(); i++)
            if (at[i] != 0) words[i] = TRY(memory.load<std::uint64_t>(at[i] + word * 8));
        return words;
    }
    Result<> store(std::uint32_t word, Words const& words) const {
        for (std::size_t i = 0; i < words.size(); i++)
            if (at[i] != 0) TRY(memory.store(at[i] + word * 8, words[i]));
        return {};
    }
};

enum class Pass { look, watch, answer };

/// Go over the descriptors; returns how many answers there are. Only Pass::answer writes them, when
/// nothing can go wrong any more and the questions are not needed again.
Outcome go_over(Call& call, Sets const& sets, std::uint32_t count, Pass pass) {
    std::int64_t found = 0;
    for (std::uint32_t word = 0; word * word_bits < count; word++) {
        auto const asked = TRY(sets.load(word));
        Words answers{};
        for (std::uint32_t bit = 0; bit < word_bits && word * word_bits + bit < count; bit++) {
            std::uint32_t events = 0;
            for (std::size_t i = 0; i < asked.size(); i++)
                if ((asked[i] >> bit & 1) != 0) events |= questions[i].asked;
            if (events == 0) continue;
            auto const fd = static_cast<std::int32_t>(word * word_bits + bit);
            auto const file = TRY(call.task.descriptors->file(fd));
            if (pass == Pass::watch) TRY(watch_file(call, *file, events));
            auto const ready = look(*file, events);
            for (std::size_t i = 0; i < asked.size(); i++) {
                if ((asked[i] >> bit & 1) == 0 || (ready & questions[i].answer) == 0) continue;
                answers[i] |= std::uint64_t{1} << bit;
                found++;
            }
        }
        if (pass == Pass::answer) TRY(sets.store(word, answers));
    }
    return found;
}

Outcome select_all(Call& call) {
    if (call.fd_arg(0) < 0) return Errno::inval;
    // Beyond the table there is nothing to ask for; Linux's is never smaller than this.
    auto const count =
        std::min(call.int_arg(0), std::max(call.task.descriptors->capacity(), word_bits));
    Sets const sets{call.task.memory(), {call.args[1], call.args[2], call.args[3]}};
    auto const found = go_over(call, sets, count, Pass::look);
    if (found.is_error()) return found;
    if (found.value() != 0 || timed_out(call)) return go_over(call, sets, count, Pass::answer);
    if (call.interrupted) return Errno::restart_no_hand;
    auto const watched = go_over(call, sets, count, Pass::watch);
    return watched.is_error() ? watched : call.block(Errno::restart_no_hand);
}

} // namespace

Outcome select(Call& call) {
    TRY(set_timeout_us(call, call.args[4]));
    auto const outcome = select_all(call);
    if (!outcome.is_blocked()) store_timeout_us(call, call.args[4]);
    return outcome;
}

Outcome pselect6(Call& call) {
    TRY(set_timeout(call, call.args[4]));
    if (call.first && call.args[5] != 0) {
        struct Mask {
            UserAddress address;
            std::uint64_t bytes;
        };
        auto const mask = TRY(call.task.memory().load<Mask>(call.args[5]));
        TRY(set_mask(call, mask.address, mask.bytes));
    }
    auto const outcome = select_all(call);
    if (!outcome.is_blocked()) store_timeout(call, call.args[4]);
    return outcome;
}

} // namespace personality::calls
