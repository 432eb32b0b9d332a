#pragma once
// Putting an ELF file into a space.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/memory/program_space.hpp>

#include <formats/elf.hpp>

namespace personality {

class Task;

struct ElfFile {
    elf::Layout layout;
    Ref<File> file;
    /// It calls itself a program, and can't be mapped: what runs it dies.
    bool stillborn = false;
};

struct LoadedElf {
    UserAddress entry = 0;
    UserAddress base = 0;    ///< what was added to its addresses
    UserAddress headers = 0; ///< program headers in memory; 0: none
    UserAddress end = 0;
};

/// Bytes of a file; fewer only at its end. Never blocks.
Result<std::size_t> read_file(Task& task, File& file, std::uint64_t offset,
                              std::span<std::byte> to);
/// Read and check the headers. ENOEXEC: this is no program for us. A file that only becomes
/// impossible further on is `stillborn`.
Result<ElfFile> read_elf(Task& task, Ref<File> file);
/// The path in PT_INTERP, in `field`; empty: none.
Result<std::string_view> interpreter_of(Task& task, ElfFile const& program, std::span<char> field);
/// Map the segments; a movable file goes to `base` or higher.
Result<LoadedElf> map_elf(ProgramSpace& space, ElfFile const& program, UserAddress base);

} // namespace personality
