#pragma once
// A directory entry: the name under which a folder knows an inode. Entries form the tree; open
// files and working folders hold the entry they were reached by, so that they can tell their path.

#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/ref.hpp>

#include <base/list.hpp>

#include <string_view>

namespace personality {

class Entry final : public Counted {
public:
    static constexpr std::size_t longest_name = 255;

    /// ENOMEM if there is no memory for it. No parent: the root of a file system.
    static Result<Ref<Entry>> create(Entry* parent, std::string_view name, Ref<Inode> inode);

    static void* operator new(std::size_t bytes, SmallMemory& memory) noexcept {
        return memory.allocate(bytes);
    }
    static void operator delete(void* entry) { SmallMemory::release(entry); }

    std::string_view name() const { return {name_, name_bytes_}; }
    Entry* parent() const { return parent_; }
    Inode& inode() const { return *inode_; }
    Ref<Inode> inode_ref() const { return inode_; }

    /// Whether the folder still knows it; cleared when it is unlinked or replaced.
    bool alive() const { return alive_; }
    void detach() { alive_ = false; }
    /// A new place in the tree, with all that lies below it.
    Result<> move(Entry& parent, std::string_view name);
    /// Swap the places of two entries, neither of which is below the other.
    static void exchange(Entry& one, Entry& other);
    /// Whether `this` is `other` or lies above it.
    bool above(Entry const& other) const;

    // FNV-1a, a byte at a time, so that a path is hashed while its slashes are looked for.
    static constexpr std::uint32_t hash_start = 2166136261;
    static constexpr std::uint32_t hash_step(std::uint32_t hash, char c) {
        return (hash ^ static_cast<std::uint8_t>(c)) * 16777619;
    }
    static constexpr std::uint32_t hash_of(std::string_view name) {
        std::uint32_t hash = hash_start;
        for (char c : name) hash = hash_step(hash, c);
        return hash;
    }

    // For the folder that keeps it.
    Entry* next_in_bucket = nullptr;
    base::Link order;
    std::uint64_t cookie = 0; ///< its place in listings; grows
    std::uint32_t hash = 0;

    /// How many mounts stand on it.
    std::uint32_t mounts = 0;

protected:
    void unreferenced() override;

private:
    Entry(Entry* parent, Ref<Inode> inode);
    ~Entry() override { SmallMemory::release(name_); }
    bool rename(std::string_view name);

    Entry* parent_; ///< counted, but by hand: see unreferenced()
    Ref<Inode> inode_;
    char* name_ = nullptr;
    std::uint16_t name_bytes_ = 0;
    bool alive_ = true;
};

} // namespace personality
