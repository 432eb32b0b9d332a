#pragma once
// Where the early log goes: each architecture defines this.

#include <string_view>

namespace kernel::arch {

void write_log(std::string_view text);

} // namespace kernel::arch
