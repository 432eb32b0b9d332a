#pragma once
// From a file to a program ready to run: a space with its segments, interpreter and stack.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/stack_builder.hpp>

#include <string_view>

namespace personality {

class Task;

struct Program {
    Ref<ProgramSpace> memory;
    Ref<File> executable;
    UserAddress entry = 0;
    UserAddress stack_pointer = 0;
    /// The file was a program until it was to be mapped: there is nothing to go back to, nor on.
    bool stillborn = false;
    bool secure = false; ///< it gains rights that its caller hasn't
    /// What a set-id bit of the file makes of the user and group.
    std::uint32_t euid = 0, egid = 0;
};

/// What is to be run.
struct ProgramRequest {
    Ref<File> file;
    std::string_view path; ///< as it was named: AT_EXECFN, and a script's argument
    StringList& arguments;
    StringList& environment;
};

/// Load it for `task`, which opens the interpreter. The task itself is not touched.
Result<Program> load_program(Task& task, ProgramRequest request);

/// Open a file to be run: EACCES unless it is a regular file that may be executed.
Result<Ref<File>> open_program(Task& task, std::int32_t folder, std::string_view path,
                               std::uint32_t flags = 0);

} // namespace personality
