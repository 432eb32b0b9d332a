#include <servers/linux/process/pid_file.hpp>

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality {

std::uint32_t PidFile::ready() {
    auto const* const process = mark_->process;
    bool const ended = process == nullptr || process->state == Process::State::zombie;
    return ended ? poll_event::readable : 0;
}

Result<Ref<File>> open_process(Process& process, std::uint32_t flags) {
    if (!process.mark) process.mark = make<ProcessMark>(process);
    if (!process.mark) return fail(Errno::nomem);
    auto const at = TRY(process.system.files->nameless("anon_inode", FileType::regular));
    auto file =
        make<PidFile>(at, open_flag::read_write | (flags & open_flag::nonblock), process.mark);
    if (!file) return fail(Errno::nomem);
    return Ref<File>(file);
}

Result<Process*> process_of(Task& task, std::int32_t fd) {
    auto const file = TRY(task.descriptors->file(fd));
    auto const* const named = file->named_process();
    if (named == nullptr) return fail(Errno::badf);
    if (named->process() == nullptr) return fail(Errno::srch);
    return named->process();
}

} // namespace personality
