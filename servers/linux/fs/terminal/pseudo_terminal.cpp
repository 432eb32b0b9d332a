#include <servers/linux/fs/terminal/pseudo_terminal.hpp>

#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/fs/terminal/slave_file.hpp>

#include <cstring>

namespace personality {

PseudoTerminal::PseudoTerminal(PseudoTerminals& of, std::uint32_t its_number, Ref<Terminal> slave,
                               FramePool& frames)
    : number(its_number), terminal(std::move(slave)), table_(of), shown_(frames) {
    terminal->transport = this;
    table_.all_[number] = this;
    table_.count_++;
}

PseudoTerminal::~PseudoTerminal() {
    terminal->transport = nullptr;
    table_.all_[number] = nullptr;
    table_.count_--;
}

void PseudoTerminal::slave_opened() {
    slaves_++;
    slave_was_open_ = true;
}

void PseudoTerminal::slave_closed() {
    if (--slaves_ != 0) return;
    terminal->exclusive = false;
    packets = false;
    queue.wake_all();
}

void PseudoTerminal::master_closed() {
    master_ = false;
    terminal->hang_up();
    shown_.clear();
}

void PseudoTerminal::pump(Terminal&) {
    auto& output = terminal->discipline().output().queue();
    if (!master_) return output.clear();
    bool moved = false;
    while (!output.empty() && !terminal->discipline().stopped()) {
        auto const piece = output.front();
        auto const room = shown_.room(piece.size());
        // Full, or short of memory: the next read makes room, for one frame is always there.
        if (!room || room->empty()) break;
        std::memcpy(room->data(), piece.data(), room->size());
        shown_.push(room->size());
        output.pop(room->size());
        moved = true;
    }
    if (moved) {
        terminal->output_taken();
        queue.wake_all(poll_event::readable);
    }
    if (terminal->discipline().accepts()) queue.wake_all(poll_event::writable);
}

void PseudoTerminal::happened(Terminal&, std::uint8_t events) {
    if ((events & terminal_event::output_flushed) != 0) shown_.pop(shown_.size());
    if (!packets) return;
    // What was said before and is no longer so is not said.
    constexpr std::uint8_t flow = terminal_event::stopped | terminal_event::started;
    constexpr std::uint8_t keys = terminal_event::flow_keys | terminal_event::no_flow_keys;
    if ((events & flow) != 0) news &= ~flow;
    if ((events & keys) != 0) news &= ~keys;
    news |= events;
    queue.wake_all(poll_event::readable | poll_event::priority);
}

Ref<File> PseudoTerminal::open_file(Location const& at, std::uint32_t flags, Ref<Terminal>) {
    return make<SlaveFile>(at, flags, Ref(this));
}

Result<Ref<PseudoTerminal>> PseudoTerminals::create(FramePool& frames) {
    std::uint32_t number = 0;
    while (number < most && all_[number] != nullptr) number++;
    if (number == most) return fail(Errno::nospc);
    auto terminal = make<Terminal>(DeviceNumber{slave_major, number});
    if (!terminal) return fail(Errno::nomem);
    terminal->set_termios({pseudo_termios, 0, 0});
    auto made = make<PseudoTerminal>(*this, number, std::move(terminal), frames);
    if (!made) return fail(Errno::nomem);
    TRY(made->shown().prepare(1));
    return made;
}

PseudoTerminal* PseudoTerminals::find(std::uint32_t number) const {
    auto* const found = number < most ? all_[number] : nullptr;
    return found != nullptr && found->master_open() ? found : nullptr;
}

std::uint32_t PseudoTerminals::next(std::uint32_t number) const {
    while (number < most && find(number) == nullptr) number++;
    return number;
}

} // namespace personality
