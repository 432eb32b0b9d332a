#include <servers/linux/fs/pipe/pipe_slots.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace personality {

std::span<std::byte const> PipeSlots::peek(std::size_t index) const {
    auto const& at = slot(tail_ + index);
    return {pool_.bytes(at.frame) + at.from, at.bytes};
}

std::span<std::byte const> PipeSlots::front() const {
    if (empty()) return {};
    return peek(0);
}

void PipeSlots::put_back(Frame frame) {
    if (spare_)
        pool_.release(frame);
    else
        spare_ = frame;
}

void PipeSlots::pop(std::size_t bytes) {
    auto& at = slot(tail_);
    at.from = static_cast<std::uint16_t>(at.from + bytes);
    at.bytes = static_cast<std::uint16_t>(at.bytes - bytes);
    size_ -= bytes;
    if (at.bytes == 0) drop();
}

void PipeSlots::drop() {
    auto& at = slot(tail_++);
    size_ -= at.bytes;
    put_back(std::exchange(at.frame, {}));
}

std::span<std::byte> PipeSlots::tail_room(std::size_t bytes) {
    if (empty()) return {};
    auto const& last = slot(head_ - 1);
    std::size_t const end = std::size_t{last.from} + last.bytes;
    if (last.packet || last.closed || end + bytes > page_bytes) return {};
    return {pool_.bytes(last.frame) + end, bytes};
}

void PipeSlots::add_to_tail(std::size_t bytes) {
    auto& last = slot(head_ - 1);
    last.bytes = static_cast<std::uint16_t>(last.bytes + bytes);
    size_ += bytes;
}

Result<std::span<std::byte>> PipeSlots::fresh_page() {
    if (!spare_) spare_ = TRY(pool_.allocate());
    return std::span(pool_.bytes(spare_), page_bytes);
}

void PipeSlots::push(std::size_t bytes, bool packet, bool closed) {
    slot(head_++) = {.frame = std::exchange(spare_, {}),
                     .bytes = static_cast<std::uint16_t>(bytes),
                     .packet = packet,
                     .closed = closed};
    size_ += bytes;
}

PipeSlots::Slot PipeSlots::take() {
    auto const taken = std::exchange(slot(tail_++), {});
    size_ -= taken.bytes;
    return taken;
}

void PipeSlots::give(Slot const& given) {
    slot(head_++) = given;
    size_ += given.bytes;
}

void PipeSlots::clear() {
    while (!empty()) drop();
    if (spare_) pool_.release(std::exchange(spare_, {}));
}

Result<> PipeSlots::resize(std::size_t slots_wanted) {
    if (slots_wanted == slot_count_) return {};
    if (used() > slots_wanted) return fail(Errno::busy);
    std::unique_ptr<Slot[]> many;
    if (slots_wanted > few_pages) {
        many.reset(new (std::nothrow) Slot[slots_wanted]);
        if (!many) return fail(Errno::nomem);
    }
    std::array<Slot, few_pages> few{};
    auto* const to = many ? many.get() : few.data();
    auto const count = used();
    for (std::size_t i = 0; i < count; i++) to[i] = slot(tail_ + i);
    few_ = few;
    many_ = std::move(many);
    slot_count_ = slots_wanted;
    tail_ = 0;
    head_ = count;
    return {};
}

} // namespace personality
