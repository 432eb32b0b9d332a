#pragma once
// The framed channel of `skerry run -- COMMAND` (protocols/command_channel.hpp), the guest's side:
// one command, its streams, its end.

#include <servers/linux/byte_link.hpp>
#include <servers/linux/fs/command/command_starter.hpp>
#include <servers/linux/fs/command/frame_writer.hpp>

#include <memory>
#include <optional>

namespace personality {

class CommandChannel final : public ByteLinkUser, public TerminalTransport, public EndObserver {
public:
    CommandChannel(System& system, ByteLink& link);
    ~CommandChannel() override;

    /// Say hello: from now on a command may be started. `anew`: a predecessor used the line.
    void open(bool anew = false);

    // What moves it on.
    void link_moved() override { pump(); }
    void window_changed(std::uint16_t, std::uint16_t) override {} // sizes come in frames
    void pump(Terminal& terminal) override;
    void process_ended(Process& process, std::int32_t status) override;

private:
    enum class State { closed, opening, waiting, running, ended, finished };

    System& system_;
    ByteLink& link_;
    FrameWriter writer_;
    command_channel::Decoder decoder_;
    State state_ = State::closed;
    std::unique_ptr<std::uint8_t[]> record_;
    std::size_t record_bytes_ = 0;
    CommandInput input_;
    CommandOutput output_, error_;
    Ref<Terminal> terminal_;
    Process* process_ = nullptr;
    std::int32_t status_ = 0;
    /// What the last frame is to say about a start that failed.
    std::optional<Errno> failure_;

    void pump();
    void say_hello();
    void receive();
    void take(command_channel::Frame const& frame);
    void add_to_record(std::span<std::uint8_t const> piece);
    void start();
    void signal(std::span<std::uint8_t const> payload);
    bool pump_screen();
    void send_credit();
    void finish();
};

} // namespace personality
