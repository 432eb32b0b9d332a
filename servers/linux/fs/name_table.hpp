#pragma once
// The entries of a folder by their names. Path lookup looks here itself, whether a name is there or
// not, without asking the folder.

#include <servers/linux/fs/entry.hpp>

#include <array>
#include <memory>
#include <string_view>

namespace personality {

class NameTable {
public:
    NameTable() = default;
    NameTable(NameTable const&) = delete;
    NameTable& operator=(NameTable const&) = delete;

    std::size_t size() const { return count_; }
    /// `hash` is Entry::hash_of(name).
    Entry* find(std::string_view name, std::uint32_t hash) const {
        auto* entry = buckets()[hash & (bucket_count_ - 1)];
        while (entry != nullptr && (entry->hash != hash || entry->name() != name))
            entry = entry->next_in_bucket;
        return entry;
    }
    void insert(Entry& entry);
    void remove(Entry& entry);

private:
    std::array<Entry*, 8> few_{};
    std::unique_ptr<Entry*[]> many_;
    std::size_t bucket_count_ = few_.size(); ///< a power of two
    std::size_t count_ = 0;

    Entry** buckets() { return many_ ? many_.get() : few_.data(); }
    Entry* const* buckets() const { return many_ ? many_.get() : few_.data(); }
    void grow();
};

} // namespace personality
