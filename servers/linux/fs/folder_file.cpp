#include <servers/linux/fs/folder_file.hpp>

namespace personality {

Result<std::uint64_t> FolderFile::seek(std::int64_t offset, Seek whence) {
    if (whence == Seek::current) offset += static_cast<std::int64_t>(position);
    if ((whence != Seek::set && whence != Seek::current) || offset < 0) return fail(Errno::inval);
    return position = static_cast<std::uint64_t>(offset);
}

Result<> FolderFile::list(Listing& listing) {
    auto& here = *location.entry;
    if (!here.alive()) return fail(Errno::noent);
    if (position == 0 && !listing.add(".", inode().number, FileType::folder, 1)) return {};
    auto const& above = here.parent() != nullptr ? here.parent()->inode() : inode();
    if (position <= 1 && !listing.add("..", above.number, FileType::folder, 2)) return {};
    return inode().list(here, position < 2 ? 2 : position, listing);
}

} // namespace personality
