#pragma once
// An open regular file of the in-memory file system.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/ram/ram_file.hpp>

namespace personality {

class RegularFile final : public File {
public:
    using File::File;

    bool seekable() const override { return true; }
    Outcome read_at(Call& call, UserBuffer& to, std::uint64_t offset) override;
    Outcome write_at(Call& call, UserBuffer& from, std::uint64_t offset) override;
    Result<std::uint64_t> seek(std::int64_t offset, Seek whence) override;
    Outcome ioctl(Call& call, std::uint32_t command, std::uint64_t argument) override;
    Result<> sync() override { return {}; }
    Result<> allocate(std::uint32_t mode, std::uint64_t offset, std::uint64_t bytes) override;
    Result<Ref<PageSource>> pages() override { return Ref<PageSource>(contents()); }

private:
    RamFile& node() const { return static_cast<RamFile&>(inode()); }
    Ref<FileContents> const& contents() const { return node().contents; }
};

} // namespace personality
