#pragma once
// The master of a pseudo-terminal: what it writes is typed, what it reads was shown.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/terminal/pseudo_terminal.hpp>

namespace personality {

class MasterFile final : public File {
public:
    MasterFile(Location at, std::uint32_t open_flags, Ref<PseudoTerminal> of)
        : File(std::move(at), open_flags), pair_(std::move(of)) {}

    /// A new pseudo-terminal, which belongs to whoever opens /dev/ptmx.
    static Result<Ref<File>> open(PseudoTerminals& table, OpenRequest const& request);

    Outcome read(Call& call, UserBuffer& to) override;
    Outcome write(Call& call, UserBuffer& from) override;
    Outcome ioctl(Call& call, std::uint32_t command, std::uint64_t argument) override;
    std::uint32_t ready() override;
    WaitQueue* poll_queue() override { return &pair_->queue; }

protected:
    ~MasterFile() override { pair_->master_closed(); }

private:
    Ref<PseudoTerminal> const pair_;
    bool stopped_ = false; ///< by TCXONC: nothing is typed until it goes on

    bool has_news() const { return pair_->packets && pair_->news != 0; }
    Outcome open_peer(Call& call, std::uint64_t open_flags);
    Outcome flush(std::uint64_t which);
    Outcome control_flow(std::uint64_t action);
    Outcome send_signal(std::uint64_t number);
    Outcome set_packets(Call& call, std::uint64_t argument);
    Outcome set_lock(Call& call, std::uint64_t argument);
};

} // namespace personality
