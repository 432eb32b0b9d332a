#pragma once
// A descriptor for a process (pidfd): it names that one, whoever gets its number later, and can be
// polled for its end.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/wait_queue.hpp>

namespace personality {

class Process;

/// What outlives a process, for those who still name it.
class ProcessMark final : public Counted {
public:
    explicit ProcessMark(Process& of) : process(&of) {}
    Process* process; ///< none: it has ended, and been waited for
    WaitQueue ended;
};

class PidFile final : public File {
public:
    PidFile(Location at, std::uint32_t open_flags, Ref<ProcessMark> mark)
        : File(std::move(at), open_flags), mark_(std::move(mark)) {}

    Process* process() const { return mark_->process; }
    PidFile* named_process() override { return this; }
    std::uint32_t ready() override;
    WaitQueue* poll_queue() override { return &mark_->ended; }
    Outcome read(Call&, UserBuffer&) override { return Errno::inval; }
    Outcome write(Call&, UserBuffer&) override { return Errno::inval; }

private:
    Ref<ProcessMark> const mark_;
};

/// A file that names the process. ENOMEM.
Result<Ref<File>> open_process(Process& process, std::uint32_t flags);
/// The process of a descriptor. EBADF: it is none of a process; ESRCH: it is no more.
Result<Process*> process_of(Task& task, std::int32_t fd);

} // namespace personality
