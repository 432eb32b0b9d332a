#pragma once
// The part of fcntl that locks records.

#include <servers/linux/call.hpp>

namespace personality {

class File;

/// Whose locks they are: of all descriptors of a program (F_SETLK), or of one open file
/// (F_OFD_SETLK).
enum class LockOwner { process, open_file };

Outcome query_lock(Call& call, File& file, LockOwner owner);
Outcome set_lock(Call& call, File& file, LockOwner owner, bool wait);

} // namespace personality
