#include <servers/linux/fs/ram/ram_volume.hpp>

#include <servers/linux/fs/notify/notify.hpp>
#include <servers/linux/fs/ram/ram_folder.hpp>

#include <algorithm>

namespace personality {

Result<Ref<Entry>> RamVolume::make_root(std::uint16_t permissions) {
    auto inode = TRY(
        RamNode::create_node(*this, NewNode{.type = FileType::folder, .permissions = permissions}));
    root_ = TRY(Entry::create(nullptr, "", inode));
    return root_;
}

void RamVolume::unmounted() {
    end_watches(*this);
    // From the leaves upward, without recursion: a tree may be as deep as a program made it.
    auto const root = std::exchange(root_, nullptr);
    for (auto at = root; at;) {
        auto& folder = static_cast<RamFolder&>(at->inode());
        auto* const child = folder.any();
        if (child != nullptr && child->inode().folder() &&
            static_cast<RamFolder&>(child->inode()).any() != nullptr) {
            at = Ref(child);
        } else if (child != nullptr) {
            static_cast<void>(folder.remove(*at, *child));
        } else {
            at = at == root ? Ref<Entry>() : Ref(at->parent());
        }
    }
}

VolumeStatistics RamVolume::statistics() const {
    auto const& frames = environment.frames;
    auto const total = std::min<std::uint64_t>(frames.total(), quota.limit);
    auto const free = std::min<std::uint64_t>(frames.free(), quota.limit - quota.used);
    return {.magic = magic,
            .blocks = total,
            .blocks_free = std::min(free, total),
            .nodes = node_limit,
            .nodes_free = node_limit - std::min(nodes, node_limit)};
}

} // namespace personality
