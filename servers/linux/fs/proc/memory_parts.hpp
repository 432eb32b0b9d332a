#pragma once
// What the memory of a program is used for, as statm and status tell it, in pages.

#include <cstdint>

namespace personality {

class ProgramSpace;

struct MemoryParts {
    std::uint64_t code = 0;      ///< of the program itself
    std::uint64_t libraries = 0; ///< other code
    std::uint64_t data = 0;      ///< private and writable, without the stack
    std::uint64_t stack = 0;
    std::uint64_t locked = 0;
    std::uint64_t resident_files = 0; ///< of what is there: pages of files
};

MemoryParts memory_parts(ProgramSpace& memory);

} // namespace personality
