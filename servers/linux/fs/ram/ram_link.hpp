#pragma once
// A symbolic link of the in-memory file system.

#include <servers/linux/fs/ram/ram_node.hpp>

#include <cstring>

namespace personality {

class RamLink final : public RamNode {
public:
    RamLink(RamVolume& of, NewNode const& node) : RamNode(of, node) {
        stored().size = bytes_ = node.target.size();
    }
    /// Keep the target: ENOMEM.
    Result<> write(std::string_view target) {
        if (target.size() <= SmallMemory::largest) {
            text_ = static_cast<char*>(volume.memory.allocate(target.size()));
            if (text_ == nullptr) return fail(Errno::nomem);
        } else { // almost a page
            auto& frames = volume.environment.frames;
            page_ = TRY(frames.allocate());
            text_ = reinterpret_cast<char*>(frames.bytes(page_));
        }
        std::memcpy(text_, target.data(), target.size());
        return {};
    }

    Result<std::string_view> target(std::span<char>, Actor const&) override {
        touch_accessed();
        return std::string_view(text_, bytes_);
    }

protected:
    ~RamLink() override {
        if (page_)
            volume.environment.frames.release(page_);
        else
            SmallMemory::release(text_);
    }

private:
    char* text_ = nullptr;
    std::size_t bytes_;
    Frame page_; ///< of a long target
};

} // namespace personality
