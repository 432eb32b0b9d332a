#include <servers/linux/fs/entry.hpp>

#include <cstring>

namespace personality {

Entry::Entry(Entry* parent, Ref<Inode> inode) : parent_(parent), inode_(std::move(inode)) {
    if (parent_ != nullptr) parent_->retain();
}

Result<Ref<Entry>> Entry::create(Entry* parent, std::string_view name, Ref<Inode> inode) {
    auto& memory = inode->volume.memory;
    Ref<Entry> entry(new (memory) Entry(parent, std::move(inode)));
    if (!entry || !entry->rename(name)) return fail(Errno::nomem);
    return entry;
}

bool Entry::rename(std::string_view name) {
    auto* const copy = static_cast<char*>(inode_->volume.memory.allocate(name.size() + 1));
    if (copy == nullptr) return false;
    std::memcpy(copy, name.data(), name.size());
    SmallMemory::release(name_);
    name_ = copy;
    name_bytes_ = static_cast<std::uint16_t>(name.size());
    hash = hash_of(name);
    return true;
}

Result<> Entry::move(Entry& parent, std::string_view name) {
    if (!rename(name)) return fail(Errno::nomem);
    parent.retain();
    auto* const old = std::exchange(parent_, &parent);
    if (old != nullptr) old->release();
    return {};
}

void Entry::exchange(Entry& one, Entry& other) {
    std::swap(one.parent_, other.parent_);
    std::swap(one.name_, other.name_);
    std::swap(one.name_bytes_, other.name_bytes_);
    std::swap(one.hash, other.hash);
}

bool Entry::above(Entry const& other) const {
    for (auto const* at = &other; at != nullptr; at = at->parent_)
        if (at == this) return true;
    return false;
}

void Entry::unreferenced() {
    // A removed chain of folders may be as long as a program cared to make it: no recursion here.
    for (auto* entry = this; entry != nullptr;) {
        auto* const parent = entry->parent_;
        delete entry;
        entry = parent != nullptr && parent->let_go() ? parent : nullptr;
    }
}

} // namespace personality
