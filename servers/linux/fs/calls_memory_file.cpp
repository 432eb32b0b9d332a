// memfd_create, and the seals of its files.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/entry.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/opening.hpp>
#include <servers/linux/fs/ram/ram_file.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

#include <array>

namespace personality::calls {

Outcome memfd_create(Call& call) {
    constexpr std::uint32_t close_on_exec = 1, allow_sealing = 2;
    constexpr std::string_view prefix = "/memfd:";
    constexpr std::size_t longest = Entry::longest_name - 6; // Linux's own prefix has no slash
    auto const flags = call.int_arg(1);
    if ((flags & ~(close_on_exec | allow_sealing)) != 0) return Errno::inval;
    std::array<char, prefix.size() + longest + 1> memory;
    prefix.copy(memory.data(), prefix.size());
    auto const name = TRY(call.task.memory().string(std::span(memory).subspan(prefix.size()),
                                                    call.args[0], Errno::inval));
    constexpr std::uint16_t anybody = 0777;
    auto const place = TRY(files_of(call).nameless("memfd", FileType::regular, anybody));
    auto& node = static_cast<RamFile&>(place.inode());
    node.stored().links = 0;
    if ((flags & allow_sealing) != 0) node.seals = 0;
    // Its name is the caller's, and marked as one that is gone.
    auto entry = TRY(Entry::create(nullptr, {memory.data(), prefix.size() + name.size()},
                                   place.entry->inode_ref()));
    entry->detach();
    Location const at{place.mount, std::move(entry)};
    auto file = TRY(node.open({.at = at,
                               .flags = open_flag::read_write | open_flag::large_file,
                               .actor = Actor{},
                               .task = &call.task}));
    return install(call, std::move(file), (flags & close_on_exec) != 0);
}

} // namespace personality::calls
