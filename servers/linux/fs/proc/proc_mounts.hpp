#pragma once
// The mounts of the container, in the two ways that /proc tells of them.

#include <servers/linux/errno.hpp>

namespace personality {

class FileSystem;
class Text;

Result<> render_mounts(FileSystem& files, Text& text);
Result<> render_mountinfo(FileSystem& files, Text& text);

} // namespace personality
