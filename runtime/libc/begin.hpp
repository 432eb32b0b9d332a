#pragma once
// What start.cpp brings up before the C library, piece by piece.

namespace runtime::libc {

/// After read_environment: from here on there is memory to allocate. memory.cpp
void begin_memory();

} // namespace runtime::libc
