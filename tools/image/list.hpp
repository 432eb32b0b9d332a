#pragma once
// A list is a recipe for a file tree, one node a line (README.md has the words).

#include <tools/image/archive.hpp>

namespace image {

/// Adds everything a list names. Throws std::runtime_error that begins with file and line.
void add_list(Archive& archive, std::filesystem::path const& list);

} // namespace image
