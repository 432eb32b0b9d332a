#pragma once
// A symbolic link of the in-memory file system.

#include <servers/linux/fs/ram/ram_node.hpp>

namespace personality {

class RamLink final : public RamNode {
public:
    /// `text` is a piece of the volume's memory, which the link takes over.
    RamLink(RamVolume& of, NewNode const& node, char* text)
        : RamNode(of, node), text_(text), bytes_(node.target.size()) {
        stored().size = bytes_;
    }

    Result<std::string_view> target(std::span<char>, Actor const&) override {
        touch_accessed();
        return std::string_view(text_, bytes_);
    }

protected:
    ~RamLink() override { SmallMemory::release(text_); }

private:
    char* const text_;
    std::size_t const bytes_;
};

} // namespace personality
