#pragma once
// An open generated file: its text as it was when it was last read from the beginning.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/generated/generated_node.hpp>
#include <servers/linux/fs/pages/file_contents.hpp>

namespace personality {

class GeneratedTextFile final : public File {
public:
    using File::File;

    bool seekable() const override { return true; }
    Outcome read_at(Call& call, UserBuffer& to, std::uint64_t offset) override;
    Outcome write_at(Call& call, UserBuffer& from, std::uint64_t offset) override;
    Result<std::uint64_t> seek(std::int64_t offset, Seek whence) override;

private:
    PageQuota quota_;
    Ref<FileContents> text_;

    GeneratedFile& node() const { return static_cast<GeneratedFile&>(inode()); }
    Result<> render();
};

} // namespace personality
