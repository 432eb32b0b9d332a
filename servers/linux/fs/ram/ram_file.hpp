#pragma once
// A regular file of the in-memory file system.

#include <servers/linux/fs/pages/file_contents.hpp>
#include <servers/linux/fs/ram/ram_node.hpp>

namespace personality {

class RamFile final : public RamNode {
public:
    RamFile(RamVolume& of, NewNode const& node, Ref<FileContents> bytes)
        : RamNode(of, node), contents(std::move(bytes)) {}

    Ref<FileContents> const contents;

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
