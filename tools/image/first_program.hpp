#pragma once
// The supervisor as the kernel wants it: pieces that stand in memory as they lie in the archive.

#include <tools/image/archive.hpp>

namespace image {

struct FirstProgram {
    std::uint64_t entry;
    std::vector<InitSegment> segments;
};

/// Throws std::runtime_error if the file is no fixed, static ELF program.
FirstProgram lay_out_first_program(std::filesystem::path const& path);

} // namespace image
