#pragma once
// A symbolic link of the in-memory file system.

#include <servers/linux/fs/ram/ram_node.hpp>

#include <memory>

namespace personality {

class RamLink final : public RamNode {
public:
    RamLink(RamVolume& of, NewNode const& node, std::unique_ptr<char[]> text)
        : RamNode(of, node), text_(std::move(text)), bytes_(node.target.size()) {
        stored().size = bytes_;
    }

    Result<std::string_view> target(std::span<char>, Actor const&) override {
        touch_accessed();
        return std::string_view(text_.get(), bytes_);
    }

private:
    std::unique_ptr<char[]> const text_;
    std::size_t const bytes_;
};

} // namespace personality
