#pragma once
// The symbol table of a program, for the archive (protocols/symbol_table.hpp).

#include <string>
#include <string_view>

namespace image {

/// The functions of an ELF file, demangled and sorted by address; empty if it has no symbols.
std::string symbol_table(std::string_view file);

} // namespace image
