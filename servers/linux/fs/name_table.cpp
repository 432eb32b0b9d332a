#include <servers/linux/fs/name_table.hpp>

#include <new>
#include <utility>

namespace personality {

void NameTable::grow() {
    auto const wider = bucket_count_ * 4;
    std::unique_ptr<Entry*[]> larger(new (std::nothrow) Entry*[wider]());
    if (!larger) return; // chains grow longer instead
    for (std::size_t i = 0; i < bucket_count_; i++) {
        for (auto* entry = buckets()[i]; entry != nullptr;) {
            auto* const next = entry->next_in_bucket;
            entry->next_in_bucket = std::exchange(larger[entry->hash & (wider - 1)], entry);
            entry = next;
        }
    }
    many_ = std::move(larger);
    bucket_count_ = wider;
}

void NameTable::insert(Entry& entry) {
    if (count_ >= bucket_count_ * 2) grow();
    auto& head = buckets()[entry.hash & (bucket_count_ - 1)];
    entry.next_in_bucket = std::exchange(head, &entry);
    count_++;
}

void NameTable::remove(Entry& entry) {
    Entry** at = &buckets()[entry.hash & (bucket_count_ - 1)];
    while (*at != &entry) at = &(*at)->next_in_bucket;
    *at = std::exchange(entry.next_in_bucket, nullptr);
    count_--;
}

} // namespace personality
