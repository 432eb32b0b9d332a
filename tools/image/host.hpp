#pragma once
// What the tools read from the host.

#include <filesystem>
#include <string>

namespace image {

/// A whole file. Throws std::runtime_error that names it.
std::string read_host_file(std::filesystem::path const& path);

/// What a program of the host prints. Throws if it cannot run or fails.
std::string output_of(std::filesystem::path const& program, std::string const& argument);

} // namespace image
