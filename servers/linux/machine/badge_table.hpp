#pragma once
// Which task a message is from. A message may be in the hands of one server thread while another,
// which has the lock, lets its task end; so a badge is no pointer: it is looked up under the lock,
// and none is given out twice.

#include <abi/calls.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace personality {

class Task;

class BadgeTable {
public:
    static constexpr std::size_t most = 4096;

    /// Never 0, but if there are `most` already.
    abi::Word add(Task& task) {
        std::size_t index = 0;
        if (free_ != 0)
            index = freed_[--free_];
        else if (begun_ < most)
            index = begun_++;
        else
            return 0;
        auto& entry = entries_[index];
        entry.badge = entry.badge == 0 ? index + most : entry.badge;
        entry.task = &task;
        return entry.badge;
    }
    void remove(abi::Word badge) {
        auto const index = badge % most;
        entries_[index] = {badge + most, nullptr};
        freed_[free_++] = static_cast<std::uint16_t>(index);
    }
    /// Null: it has ended.
    Task* find(abi::Word badge) const {
        auto const& entry = entries_[badge % most];
        return entry.badge == badge ? entry.task : nullptr;
    }

private:
    struct Entry {
        abi::Word badge = 0; ///< its number in the table, and above that how often it was used
        Task* task = nullptr;
    };
    std::array<Entry, most> entries_{};
    std::array<std::uint16_t, most> freed_{};
    std::size_t free_ = 0, begun_ = 0;
};

} // namespace personality
