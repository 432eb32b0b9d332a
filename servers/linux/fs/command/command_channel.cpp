#include <servers/linux/fs/command/command_channel.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>

#include <array>
#include <cstring>
#include <new>

namespace personality {

using command_channel::Kind;

namespace {

void resize(Terminal& terminal, std::span<std::uint8_t const> payload) {
    if (payload.size() < 4) return;
    auto const number = [&](std::size_t at) {
        return static_cast<std::uint16_t>(*command_channel::number(payload.subspan(at), 2));
    };
    terminal.set_window({.rows = number(0), .columns = number(2)});
}

} // namespace

CommandChannel::CommandChannel(System& system, ByteLink& link)
    : system_(system), link_(link), writer_(link) {
    for (auto* waiter : {&input_.waiter, &output_.waiter, &error_.waiter}) {
        waiter->owner = this;
        // The pipe is in the middle of a call: bytes are moved before the loop waits.
        waiter->wake = [](Waiter& woken) {
            static_cast<CommandChannel*>(woken.owner)->system_.attention = true;
        };
    }
    input_.waiter.interest = poll_event::writable;
    output_.waiter.interest = error_.waiter.interest = poll_event::readable;
}

CommandChannel::~CommandChannel() {
    if (terminal_) terminal_->transport = nullptr;
}

void CommandChannel::open(bool anew) {
    if (anew) writer_.send_filler();
    state_ = State::opening;
    say_hello();
}

void CommandChannel::say_hello() {
    if (!writer_.ready()) return;
    writer_.send(Kind::hello, command_channel::magic);
    state_ = State::waiting;
}

void CommandChannel::pump(Terminal&) { system_.attention = true; }

void CommandChannel::pump() {
    if (state_ == State::opening) say_hello();
    if (state_ == State::closed || state_ == State::opening || state_ == State::finished) return;
    receive();
    input_.pump();
    bool const output_gone = output_.pump(writer_, Kind::output);
    bool const error_gone = error_.pump(writer_, Kind::error_output);
    bool const screen_gone = pump_screen();
    if (state_ == State::running) send_credit();
    if (state_ == State::ended && output_gone && error_gone && screen_gone) finish();
}

void CommandChannel::receive() {
    for (auto bytes = link_.received(); !bytes.empty(); bytes = link_.received()) {
        for (auto byte : bytes)
            if (auto const frame = decoder_.push(std::to_integer<std::uint8_t>(byte))) take(*frame);
        link_.taken(bytes.size());
    }
}

void CommandChannel::take(command_channel::Frame const& frame) {
    if (state_ == State::waiting) {
        if (frame.kind == Kind::start_record) add_to_record(frame.payload);
        if (frame.kind == Kind::start) start();
        // Nobody wants a command: somebody sits at the console, and tells its size here.
        if (frame.kind == Kind::window) resize(*system_.files->devices.console, frame.payload);
        return;
    }
    if (state_ != State::running) return;
    switch (frame.kind) {
    case Kind::input: static_cast<void>(input_.receive(frame.payload)); break;
    case Kind::input_end: input_.end(); break;
    case Kind::signal: signal(frame.payload); break;
    case Kind::window:
        if (terminal_) resize(*terminal_, frame.payload);
        break;
    default: break; // of a later version
    }
}

void CommandChannel::add_to_record(std::span<std::uint8_t const> piece) {
    if (!record_) record_.reset(new (std::nothrow) std::uint8_t[command_channel::max_start_record]);
    if (!record_ || piece.size() > command_channel::max_start_record - record_bytes_) {
        failure_ = record_ ? Errno::toobig : Errno::nomem;
        return;
    }
    std::memcpy(record_.get() + record_bytes_, piece.data(), piece.size());
    record_bytes_ += piece.size();
}

void CommandChannel::start() {
    auto const bytes = std::span<std::uint8_t const>(record_.get(), record_bytes_);
    auto const record = command_channel::StartRecord::read(bytes);
    if (!record && !failure_) failure_ = Errno::inval;
    if (!failure_ && (record->terminal(0) || record->terminal(1) || record->terminal(2))) {
        terminal_ = make<Terminal>(DeviceNumber{4, 65});
        if (!terminal_) failure_ = Errno::nomem;
        if (terminal_) {
            terminal_->transport = this;
            system_.files->devices.command = terminal_;
            terminal_->set_window({.rows = record->rows(), .columns = record->columns()});
        }
    }
    if (!failure_) {
        auto const started = start_command(
            system_, *record,
            {.input = input_, .output = output_, .error = error_, .terminal = terminal_}, *this);
        if (started)
            process_ = *started;
        else
            failure_ = started.error();
    }
    record_.reset();
    state_ = failure_ ? State::ended : State::running;
}

void CommandChannel::signal(std::span<std::uint8_t const> payload) {
    auto const number = command_channel::number(payload, 1);
    if (!number || *number == 0 || *number > signal_count || process_ == nullptr) return;
    if (process_->group) process_->group->signal(static_cast<Signal>(*number), signal_code::user);
}

bool CommandChannel::pump_screen() {
    if (!terminal_) return true;
    auto& queue = terminal_->discipline().output().queue();
    // The last words are shown even if somebody stopped the output.
    bool const held = terminal_->discipline().stopped() && state_ == State::running;
    bool const moved = !held && writer_.drain(queue, Kind::output);
    if (moved) terminal_->output_taken();
    return queue.empty();
}

void CommandChannel::send_credit() {
    if (!writer_.ready()) return;
    if (auto const credit = input_.claim_credit(); credit != 0)
        writer_.send(Kind::credit, command_channel::four_bytes(credit));
}

void CommandChannel::process_ended(Process&, std::int32_t status) {
    process_ = nullptr;
    status_ = status;
    if (state_ == State::running) state_ = State::ended;
    system_.attention = true;
}

void CommandChannel::finish() {
    if (!writer_.ready()) return;
    if (failure_) {
        writer_.send(Kind::start_failed,
                     command_channel::two_bytes(static_cast<std::uint16_t>(*failure_)));
    } else {
        // As wait4 has it: the signal in the low seven bits, or the exit code above.
        std::int32_t const killer = status_ & 0x7f;
        auto const ending =
            killer != 0 ? command_channel::Ending::signal : command_channel::Ending::code;
        auto const value = killer != 0 ? killer : status_ >> 8 & 0xff;
        writer_.send(Kind::exited, std::array{static_cast<std::uint8_t>(ending),
                                              static_cast<std::uint8_t>(value)});
    }
    state_ = State::finished;
    input_.close();
    output_.close();
    error_.close();
    if (terminal_) terminal_->hang_up();
}

} // namespace personality
