#pragma once
// One end of a pipe, or both (a FIFO opened to read and write).

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/pipe/pipe.hpp>

namespace personality {

class PipeFile final : public File {
public:
    PipeFile(Location at, std::uint32_t open_flags, Ref<Pipe> pipe);

    /// An end of the FIFO whose pipe is `pipe`, made if nobody has it open.
    static Result<Ref<File>> open_fifo(Ref<Pipe>& pipe, OpenRequest const& request);

    FileKind kind() const override { return FileKind::pipe; }
    Outcome finish_open(Call& call) override;
    Outcome read(Call& call, UserBuffer& to) override;
    Outcome write(Call& call, UserBuffer& from) override;
    Outcome ioctl(Call& call, std::uint32_t command, std::uint64_t argument) override;
    std::uint32_t ready() override;
    WaitQueue* poll_queue() override { return &pipe_->queue; }

    Pipe& pipe() const { return *pipe_; }
    std::size_t capacity() const { return pipe_->bytes.capacity(); }
    /// F_SETPIPE_SZ: returns the capacity that came of it.
    Result<std::size_t> set_capacity(std::size_t bytes, bool privileged);

    /// EPIPE and its signal, or what was done before.
    static Outcome broken(Call& call, std::uint64_t done);

protected:
    ~PipeFile() override;

private:
    Ref<Pipe> pipe_;
    std::uint64_t arrivals_seen_; ///< of the other side, when this end was opened

    Result<std::size_t> move_in(UserBuffer& from);
};

/// The file as a pipe's end, or null.
inline PipeFile* as_pipe(File& file) {
    return file.kind() == FileKind::pipe ? static_cast<PipeFile*>(&file) : nullptr;
}

} // namespace personality
