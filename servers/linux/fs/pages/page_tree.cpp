#include <servers/linux/fs/pages/page_tree.hpp>

#include <algorithm>

namespace personality {

Frame PageTree::find(std::uint64_t index) const {
    if (height_ < 6 && index >= span_of(height_)) return {};
    Frame node = root_;
    for (unsigned level = height_; level > 0 && node; level--)
        node = children(node)[index >> bits * (level - 1) & (fanout - 1)];
    return node;
}

Result<> PageTree::grow(std::uint64_t index) {
    while (height_ < 6 && index >= span_of(height_)) {
        if (root_) {
            auto const above = TRY(pool_.allocate_zeroed());
            children(above)[0] = root_;
            root_ = above;
        }
        height_++;
    }
    return {};
}

Result<> PageTree::put(std::uint64_t index, Frame frame) {
    TRY(grow(index));
    Frame* slot = &root_;
    for (unsigned level = height_; level > 0; level--) {
        if (!*slot) *slot = TRY(pool_.allocate_zeroed());
        slot = &children(*slot)[index >> bits * (level - 1) & (fanout - 1)];
    }
    if (*slot) pool_.release(*slot);
    *slot = frame;
    return {};
}

std::uint64_t PageTree::clear(std::uint64_t first, std::uint64_t end) {
    std::uint64_t cleared = 0;
    if (root_ && clear_below(root_, height_, first, end, cleared)) root_ = {};
    if (!root_) height_ = 0;
    return cleared;
}

/// Clears a part of what is below `node`, with indices relative to it; true if the node itself went
/// since nothing is left in it.
bool PageTree::clear_below(Frame node, unsigned level, std::uint64_t first, std::uint64_t end,
                           std::uint64_t& cleared) {
    if (level == 0) {
        if (first > 0 || end == 0) return false;
        pool_.release(node);
        cleared++;
        return true;
    }
    auto const span = span_of(level - 1);
    bool empty = true;
    for (std::uint64_t i = 0; i < fanout; i++) {
        Frame& child = children(node)[i];
        if (!child) continue;
        auto const start = i * span;
        bool const touched = first < start + span && end > start;
        auto const from = std::max(first, start) - start;
        auto const to = std::min(end - std::min(end, start), span);
        if (touched && clear_below(child, level - 1, from, to, cleared)) child = {};
        if (child) empty = false;
    }
    if (empty) pool_.release(node);
    return empty;
}

std::uint64_t PageTree::next(std::uint64_t index) const {
    if (!root_ || (height_ < 6 && index >= span_of(height_))) return none;
    return next_below(root_, height_, index);
}

std::uint64_t PageTree::next_below(Frame node, unsigned level, std::uint64_t index) const {
    if (level == 0) return 0;
    auto const span = span_of(level - 1);
    for (std::uint64_t i = index / span; i < fanout; i++) {
        Frame const child = children(node)[i];
        if (!child) continue;
        auto const start = i * span;
        auto const found = next_below(child, level - 1, index > start ? index - start : 0);
        if (found != none) return start + found;
    }
    return none;
}

} // namespace personality
