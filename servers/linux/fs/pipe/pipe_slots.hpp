#pragma once
// What a pipe holds: a ring of slots, each with a page frame and the bytes in it. As in Linux a
// slot that is nearly empty takes up as much of the pipe as a full one, writes go into the last
// slot as long as they fit, and a slot can be a packet that is read by itself.

#include <servers/linux/memory/frame_pool.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace personality {

class PipeSlots {
public:
    static constexpr std::size_t few_pages = 16;

    struct Slot {
        Frame frame;
        std::uint16_t from = 0, bytes = 0;
        bool packet = false; ///< a read takes this and no more
        bool closed = false; ///< nothing is added to it
    };

    explicit PipeSlots(FramePool& pool) : pool_(pool) {}
    PipeSlots(PipeSlots const&) = delete;
    PipeSlots& operator=(PipeSlots const&) = delete;
    ~PipeSlots() { clear(); }

    std::size_t capacity() const { return slot_count_ * page_bytes; }
    std::size_t size() const { return size_; }
    bool empty() const { return head_ == tail_; }
    bool full() const { return used() == slot_count_; }
    std::size_t free_slots() const { return slot_count_ - used(); }

    /// Another number of slots, a power of two. EBUSY if they do not hold what is there.
    Result<> resize(std::size_t slots);

    /// The oldest slot's bytes; `pop` takes some of them away, `drop` the slot with all of them.
    std::span<std::byte const> front() const;
    bool front_is_packet() const { return slot(tail_).packet; }
    void pop(std::size_t bytes);
    void drop();

    /// Where `bytes` can be added to the newest slot's; empty: they don't fit there.
    std::span<std::byte> tail_room(std::size_t bytes);
    void add_to_tail(std::size_t bytes);
    /// The page of a slot to come, with nothing in it yet; not when it is full. `push` makes it
    /// the newest slot. ENOMEM.
    Result<std::span<std::byte>> fresh_page();
    void push(std::size_t bytes, bool packet = false, bool closed = false);

    /// The slot that is `index` behind the oldest: for tee.
    std::span<std::byte const> peek(std::size_t index) const;
    bool peek_is_packet(std::size_t index) const { return slot(tail_ + index).packet; }
    std::size_t used() const { return static_cast<std::size_t>(head_ - tail_); }
    /// Take the oldest slot out, with its frame; put one in that came from another ring.
    Slot take();
    void give(Slot const& given);

    void clear();

private:
    FramePool& pool_;
    std::array<Slot, few_pages> few_{};
    std::unique_ptr<Slot[]> many_;
    std::size_t slot_count_ = few_pages;
    std::uint64_t head_ = 0, tail_ = 0; ///< free-running
    std::size_t size_ = 0;
    Frame spare_; ///< kept for the next slot: small messages then cost no allocation

    Slot* slots() { return many_ ? many_.get() : few_.data(); }
    Slot const* slots() const { return many_ ? many_.get() : few_.data(); }
    Slot& slot(std::uint64_t at) { return slots()[at & (slot_count_ - 1)]; }
    Slot const& slot(std::uint64_t at) const { return slots()[at & (slot_count_ - 1)]; }
    void put_back(Frame frame);
};

} // namespace personality
