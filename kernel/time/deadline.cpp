#include <kernel/time/deadline.hpp>

#include <utility>

namespace kernel {

namespace {

std::uint32_t rank_of(Deadline const* node) { return node ? node->rank : 0; }

/// Put the shallower side right and renew the rank. True if the rank has changed.
bool settle(Deadline& node) {
    if (rank_of(node.left) < rank_of(node.right)) std::swap(node.left, node.right);
    auto const rank = rank_of(node.right) + 1;
    return std::exchange(node.rank, rank) != rank;
}

} // namespace

/// Walks down the right spines, which are never longer than the logarithm of the number of nodes,
/// and settles on the way back up.
Deadline* Deadlines::merge(Deadline* a, Deadline* b) {
    if (!a) return b;
    if (!b) return a;
    if (b->at < a->at) std::swap(a, b);
    auto* const top = a;
    while (true) {
        auto* const right = a->right;
        if (!right) {
            a->right = b;
            b->parent = a;
            break;
        }
        if (b->at < right->at) {
            a->right = b;
            b->parent = a;
            a = b;
            b = right;
        } else {
            a = right;
        }
    }
    for (auto* node = a; node; node = node == top ? nullptr : node->parent) settle(*node);
    return top;
}

void Deadlines::insert(Deadline& deadline, std::uint64_t at) {
    deadline.cancel();
    deadline.at = at;
    deadline.parent = deadline.left = deadline.right = nullptr;
    deadline.rank = 1;
    deadline.heap = this;
    top_ = merge(top_, &deadline);
    top_->parent = nullptr;
}

void Deadline::cancel() {
    if (!heap) return;
    auto* const rest = Deadlines::merge(left, right);
    if (rest) rest->parent = parent;
    if (!parent)
        heap->top_ = rest;
    else if (parent->left == this)
        parent->left = rest;
    else
        parent->right = rest;
    for (auto* node = parent; node && settle(*node);) node = node->parent;
    parent = left = right = nullptr;
    heap = nullptr;
}

} // namespace kernel
