#pragma once
// The keys of all states that were met: a table with open addressing, 16 bytes a key, since there
// are many.

#include <tests/model/rules.hpp>

#include <vector>

namespace model {

class KeySet {
public:
    /// False: it was there.
    bool insert(Key key) {
        if (key == Key{}) key.a = 1; // what stands for an empty place
        if (count_ + count_ / 4 >= places_.size()) grow();
        auto& place = find(key);
        if (place == key) return false;
        place = key;
        count_++;
        return true;
    }
    std::size_t size() const { return count_; }

private:
    std::vector<Key> places_ = std::vector<Key>(1024);
    std::size_t count_ = 0;

    Key& find(Key const& key) {
        auto const mask = places_.size() - 1;
        auto at = key.a & mask;
        while (places_[at] != Key{} && places_[at] != key) at = (at + 1) & mask;
        return places_[at];
    }
    void grow() {
        auto const old = std::exchange(places_, std::vector<Key>(places_.size() * 2));
        for (auto const& key : old)
            if (key != Key{}) find(key) = key;
    }
};

} // namespace model
