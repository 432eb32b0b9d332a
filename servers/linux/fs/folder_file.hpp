#pragma once
// An open folder. Positions in it are the cookies of its inode's listing; 0 and 1 are `.` and `..`.

#include <servers/linux/fs/file.hpp>

namespace personality {

class FolderFile : public File {
public:
    using File::File;
    Result<std::uint64_t> seek(std::int64_t offset, Seek whence) override;
    Result<> list(Listing& listing) override;
    Result<> sync() override { return {}; }
};

} // namespace personality
