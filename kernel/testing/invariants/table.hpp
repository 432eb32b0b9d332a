#pragma once
// What the checker of invariants notes while it looks: tables of a fixed size, since it also runs
// inside a kernel, which has no memory of its own to give.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace kernel::testing {

/// A hash table that is emptied in no time, and must be before its first use. What does not fit is
/// counted and not kept.
template <class Key, class Value, std::size_t places> class Table {
    static_assert(std::has_single_bit(places));

public:
    void clear() {
        round_++;
        count_ = lost_ = 0;
    }
    std::size_t size() const { return count_; }
    bool overflowed() const { return lost_ > 0; }

    Value* find(Key key) {
        auto& place = where(key);
        return place.round == round_ ? &place.value : nullptr;
    }
    /// False: it was there.
    bool add(Key key, Value value = {}) {
        auto& place = where(key);
        if (place.round == round_) return false;
        if (count_ >= places / 4 * 3) {
            lost_++;
            return false;
        }
        place = {key, round_, value};
        count_++;
        return true;
    }
    template <class F> void each(F f) {
        for (auto& place : places_)
            if (place.round == round_) f(place.key, place.value);
    }

private:
    struct Place {
        Key key{};
        std::uint32_t round = 0;
        Value value{};
    };
    std::array<Place, places> places_{};
    std::uint32_t round_ = 0; ///< all zero to begin with: no kernel's image should hold it
    std::size_t count_ = 0, lost_ = 0;

    Place& where(Key key) {
        auto const number = (std::uint64_t)key;
        auto at = (number >> 6 ^ number) * 0x9e37'79b9'7f4a'7c15 >> 20;
        while (places_[at % places].round == round_ && places_[at % places].key != key) at++;
        return places_[at % places];
    }
};

/// A list with room for so many; what does not fit is counted and not kept.
template <class T, std::size_t room> class Pile {
public:
    void clear() { count_ = lost_ = 0; }
    bool overflowed() const { return lost_ > 0; }
    std::size_t size() const { return count_; }
    void add(T const& one) {
        if (count_ < room)
            list_[count_++] = one;
        else
            lost_++;
    }
    T& operator[](std::size_t i) { return list_[i]; }
    T* begin() { return list_.data(); }
    T* end() { return list_.data() + count_; }

private:
    std::array<T, room> list_{};
    std::size_t count_ = 0, lost_ = 0;
};

} // namespace kernel::testing
