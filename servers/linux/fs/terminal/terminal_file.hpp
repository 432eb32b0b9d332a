#pragma once
// An open terminal.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>

namespace personality {

class TerminalFile : public File {
public:
    TerminalFile(Location at, std::uint32_t open_flags, Ref<Terminal> terminal)
        : File(std::move(at), open_flags), terminal_(std::move(terminal)),
          born_(terminal_->hang_ups()) {}
    /// Open `terminal`; it becomes the caller's controlling one if that is a session leader
    /// without. EBUSY: somebody has it for himself.
    static Result<Ref<File>> open(Ref<Terminal> terminal, OpenRequest const& request,
                                  bool may_control);

    Terminal& terminal() const { return *terminal_; }
    bool hung_up() const { return born_ != terminal_->hang_ups(); }

    Outcome read(Call& call, UserBuffer& to) override;
    Outcome write(Call& call, UserBuffer& from) override;
    Outcome ioctl(Call& call, std::uint32_t command, std::uint64_t argument) override;
    std::uint32_t ready() override;
    WaitQueue* poll_queue() override { return &terminal_->queue; }

private:
    Ref<Terminal> terminal_;
    std::uint32_t const born_; ///< its hang_ups() then

    LineDiscipline& discipline() const { return terminal_->discipline(); }
    Outcome take(UserBuffer& to);
    Outcome wait_for_input(Call& call, std::size_t wanted);
};

} // namespace personality
