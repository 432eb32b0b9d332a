#include <servers/linux/memory/page_mirror.hpp>

#include <utility>

namespace personality {

namespace {

constexpr unsigned bits = 10;
constexpr std::uint64_t mask = (1U << bits) - 1;
constexpr std::size_t nodes_per_frame = page_bytes / sizeof(std::uint32_t) - 1;

// Level 3 is the root, level 0 the leaf's entries.
constexpr std::size_t index(std::uint64_t page, unsigned level) {
    return static_cast<std::size_t>(page >> (bits * level) & mask);
}

} // namespace

PageMirror::~PageMirror() {
    for (; more_nodes_ != 0; node_count_--) {
        auto const at = (node_count_ - 1 - first_nodes) % nodes_per_frame;
        auto* const list = node(more_nodes_);
        pool_.release(Frame{list[1 + at]});
        if (at == 0) pool_.release(Frame{std::exchange(more_nodes_, list[0])});
    }
    for (std::size_t i = 0; i < node_count_; i++) pool_.release(Frame{nodes_[i]});
}

Result<std::uint32_t*> PageMirror::place_for_node() {
    if (node_count_ < first_nodes) return &nodes_[node_count_];
    auto const at = (node_count_ - first_nodes) % nodes_per_frame;
    if (at == 0) {
        auto const list = TRY(pool_.allocate());
        *node(list.raw) = std::exchange(more_nodes_, list.raw);
    }
    return &node(more_nodes_)[1 + at];
}

Result<std::uint32_t> PageMirror::make_node() {
    auto const made = TRY(pool_.allocate_zeroed());
    auto const place = place_for_node();
    if (!place) {
        pool_.release(made);
        return fail(place.error());
    }
    node_count_++;
    return **place = made.raw;
}

PageEntry* PageMirror::find_slowly(std::uint64_t page) {
    if (page >= page_limit) return nullptr;
    std::uint32_t frame = root_[index(page, 3)];
    for (unsigned level = 2; level > 0 && frame != 0; level--)
        frame = node(frame)[index(page, level)];
    if (frame == 0) return nullptr;
    cached_number_ = page / pages_per_leaf;
    cached_ = reinterpret_cast<PageEntry*>(pool_.bytes(Frame{frame}));
    return &cached_[page % pages_per_leaf];
}

Result<PageEntry*> PageMirror::make(std::uint64_t page) {
    if (auto* entry = find(page)) return entry;
    if (page >= page_limit) return fail(Errno::nomem);
    std::uint32_t* slot = &root_[index(page, 3)];
    for (unsigned level = 2;; level--) {
        if (*slot == 0) *slot = TRY(make_node());
        if (level == 0) return find_slowly(page);
        slot = &node(*slot)[index(page, level)];
    }
}

std::uint64_t PageMirror::skip(std::uint64_t page) const {
    if (page >= page_limit) return ~std::uint64_t{0};
    std::uint32_t frame = root_[index(page, 3)];
    unsigned level = 3;
    while (frame != 0 && level > 1) frame = node(frame)[index(page, --level)];
    // Nothing below this slot of `level`: go to the next one.
    std::uint64_t const step = std::uint64_t{1} << (bits * level);
    return (page / step + 1) * step;
}

} // namespace personality
