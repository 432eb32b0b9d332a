#pragma once
// A regular file of the in-memory file system.

#include <servers/linux/fs/pages/file_contents.hpp>
#include <servers/linux/fs/ram/ram_node.hpp>

namespace personality {

/// What shall never happen to a file again (F_ADD_SEALS).
namespace seal {
constexpr std::uint32_t seal = 1, shrink = 2, grow = 4, write = 8, future_write = 16;
constexpr auto all = seal | shrink | grow | write | future_write;
} // namespace seal

class RamFile final : public RamNode {
public:
    RamFile(RamVolume& of, NewNode const& node, Ref<FileContents> bytes)
        : RamNode(of, node), contents(std::move(bytes)) {}

    Ref<FileContents> const contents;
    /// Only a file of memfd_create may be sealed, if its maker wants it so.
    std::uint32_t seals = seal::seal;
    bool has_seal(std::uint32_t which) const { return (seals & which) != 0; }
    /// The file behind an inode, if it is one of a volume in memory.
    static RamFile* of(Inode& inode);

    Attributes attributes() const override {
        auto attributes = RamNode::attributes();
        attributes.size = contents->size();
        attributes.blocks = contents->pages() * (page_bytes / 512);
        return attributes;
    }
    Result<> resize(std::uint64_t bytes) override;
    Result<Ref<File>> open(OpenRequest const& request) override;
    /// What a write does to the times and to the set-id bits.
    void written(bool keeps_bits);
};

} // namespace personality
