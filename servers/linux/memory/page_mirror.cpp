#include <servers/linux/memory/page_mirror.hpp>

namespace personality {

namespace {

constexpr unsigned bits = 10;
constexpr std::uint64_t mask = (1U << bits) - 1;
constexpr std::size_t fan_out = 1U << bits;

// Level 3 is the root, level 0 the leaf's entries.
constexpr std::size_t index(std::uint64_t page, unsigned level) {
    return static_cast<std::size_t>(page >> (bits * level) & mask);
}

} // namespace

PageMirror::~PageMirror() {
    for (auto frame : root_)
        if (frame != 0) free_node(frame, 2);
}

void PageMirror::free_node(std::uint32_t frame, unsigned level) {
    if (level > 0) {
        auto const* children = node(frame);
        for (std::size_t i = 0; i < fan_out; i++)
            if (children[i] != 0) free_node(children[i], level - 1);
    }
    pool_.release(Frame{frame});
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
        if (*slot == 0) *slot = TRY(pool_.allocate_zeroed()).raw;
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
