#pragma once
// /sys: what programs are told of the machine's parts, as a tree of small files.

#include <servers/linux/errno.hpp>

namespace personality {

class System;

/// Make /sys and mount it, once `system.files` is set.
Result<> mount_sys(System& system);

} // namespace personality
