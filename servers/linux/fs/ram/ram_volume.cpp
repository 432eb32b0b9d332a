#include <servers/linux/fs/ram/ram_volume.hpp>

#include <servers/linux/fs/generated/text.hpp>
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

Result<> RamVolume::limit(RamOptions const& given) {
    constexpr auto none = ~std::uint64_t{0};
    auto const bound = [](std::optional<std::uint64_t> said, std::uint64_t was) {
        return !said ? was : *said == 0 ? none : *said;
    };
    auto const pages = bound(given.pages, quota.limit), most_nodes = bound(given.nodes, node_limit);
    if (pages < quota.used || most_nodes < nodes) return fail(Errno::inval);
    quota.limit = pages;
    node_limit = most_nodes;
    if (given.pages) options_.pages = given.pages;
    if (given.nodes) options_.nodes = given.nodes;
    if (root_) return {}; // the rest is said once
    options_.permissions = given.permissions;
    options_.user = given.user;
    options_.group = given.group;
    return {};
}

void RamVolume::put_options(Text& text) const {
    constexpr std::uint16_t usual = 01777;
    if (options_.pages) text.put(",size=").decimal(*options_.pages * (page_bytes / 1024)).put('k');
    if (options_.nodes) text.put(",nr_inodes=").decimal(*options_.nodes);
    if (options_.permissions != usual) text.put(",mode=").octal(options_.permissions, 3);
    if (options_.user != 0) text.put(",uid=").decimal(options_.user);
    if (options_.group != 0) text.put(",gid=").decimal(options_.group);
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
