#include <kernel/object/untyped.hpp>

#include <kernel/call/again.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/root.hpp>

#include <hardware.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

namespace kernel {

namespace {

/// Bytes zeroed between two looks at pending interrupts: 16,384 words.
constexpr std::uint64_t zero_step = std::uint64_t{128} << 10;

/// The link of a free block lies in its first word.
std::byte*& next_of(std::byte* block) { return *reinterpret_cast<std::byte**>(block); }

void zero(base::Phys start, std::uint64_t bytes) {
    auto* const memory = arch::to_virtual(start);
    arch::unseal(memory, bytes);
    std::memset(memory, 0, bytes);
}

} // namespace

std::byte* Untyped::pop(unsigned order) {
    auto*& head = free_lists_[order - smallest];
    auto* const block = head;
    if (block) {
        arch::unseal(block, std::uint64_t{1} << order);
        head = next_of(block);
        next_of(block) = nullptr;
    }
    return block;
}

void Untyped::push(std::byte* block, unsigned order) {
    auto*& head = free_lists_[order - smallest];
    next_of(block) = head;
    head = block;
    arch::seal(block + sizeof block, (std::uint64_t{1} << order) - sizeof block);
}

/// Free ranges are kept as aligned powers of two.
void Untyped::push_range(base::Phys start, std::uint64_t bytes) {
    arch::unseal(arch::to_virtual(start), bytes);
    while (bytes >= std::uint64_t{1} << smallest) {
        auto const by_place =
            start.raw == 0 ? 63u : static_cast<unsigned>(std::countr_zero(start.raw));
        auto const by_size = static_cast<unsigned>(std::bit_width(bytes)) - 1;
        auto const order = std::min({by_place, by_size, smallest + orders - 1});
        push(arch::to_virtual(start), order);
        start = start + (std::uint64_t{1} << order);
        bytes -= std::uint64_t{1} << order;
    }
}

void Untyped::afresh() {
    if (live_ != 0) return;
    if (!device_) arch::seal(arch::to_virtual(base_), bytes_);
    free_lists_ = {};
    bump_ = clean_ = 0;
    free_ = bytes_;
}

std::optional<std::uint64_t> Untyped::bump_room(std::uint64_t bytes,
                                                std::uint64_t alignment) const {
    auto const offset = base::align_up(base_.raw + bump_, alignment) - base_.raw;
    if (offset > bytes_ || bytes > bytes_ - offset) return {};
    return offset;
}

void Untyped::advance(std::uint64_t offset, std::uint64_t bytes) {
    if (!device_) {
        // The gap that the alignment leaves goes to the free lists, clean as they are.
        clear(offset);
        push_range(base_ + bump_, offset - bump_);
        arch::unseal(arch::to_virtual(base_ + offset), bytes);
    } else {
        free_ -= offset - bump_;
    }
    bump_ = offset + bytes;
    high_ = std::max(high_, bump_);
    clean_ = std::max(clean_, bump_);
    free_ -= bytes;
    live_++;
}

base::Result<std::byte*> Untyped::take(unsigned order) {
    if (device_ || order >= smallest + orders) return base::fail(abi::Error::bad_argument);
    order = std::max(order, smallest);
    auto const bytes = std::uint64_t{1} << order;
    auto* block = pop(order);
    if (!block) {
        if (auto const offset = bump_room(bytes, bytes)) {
            clear(*offset + bytes);
            advance(*offset, bytes);
            return arch::to_virtual(base_ + *offset);
        }
        auto larger = order + 1;
        while (larger < smallest + orders && !free_lists_[larger - smallest]) larger++;
        if (larger == smallest + orders) return base::fail(abi::Error::no_memory);
        block = pop(larger);
        while (larger > order) {
            larger--;
            push(block + (std::uint64_t{1} << larger), larger);
        }
    }
    free_ -= bytes;
    live_++;
    return block;
}

void Untyped::give_back(std::byte* block, unsigned order) {
    remote::finish_flushes();
    order = std::max(order, smallest);
    auto const bytes = std::uint64_t{1} << order;
    std::memset(block, 0, bytes);
    push(block, order);
    free_ += bytes;
    live_--;
    afresh();
    if (live_ == 0) teardown::let_die(*this);
}

void Untyped::clear(std::uint64_t end) {
    auto const from = std::max(clean_, bump_);
    if (end <= from) return;
    zero(base_ + from, end - from);
    clean_ = end;
}

base::Result<> Untyped::clear_ahead(std::uint64_t up_to) {
    if (device_) return {};
    auto const end = std::min(up_to, std::max(clean_, bump_) + zero_step);
    clear(end);
    if (end < up_to) return base::fail(again);
    return {};
}

base::Result<Untyped::Range> Untyped::take_range(std::uint64_t bytes, std::uint64_t alignment,
                                                 Clearing clearing) {
    auto const order = static_cast<unsigned>(std::bit_width(bytes - 1));
    auto const listed =
        order < smallest + orders && std::has_single_bit(bytes) && free_lists_[order - smallest];
    if (auto const offset = bump_room(bytes, alignment); offset && !listed) {
        auto const end = *offset + bytes;
        // What the alignment leaves out is given out too, some day.
        auto clear = *offset;
        if (clearing == Clearing::whole) clear = end;
        if (clearing == Clearing::reused) clear = std::max(clear, std::min(end, high_));
        TRY(clear_ahead(clear));
        auto const clean = !device_ && end <= clean_;
        advance(*offset, bytes);
        return Range{base_ + *offset, clean};
    }
    if (device_ || order >= smallest + orders) return base::fail(abi::Error::no_memory);
    auto* const block = TRY(take(order));
    auto const start = arch::to_physical(block);
    auto const rest = (std::uint64_t{1} << order) - bytes;
    push_range(start + bytes, rest);
    free_ += rest;
    return Range{start, true};
}

void Untyped::return_unused(base::Phys start, std::uint64_t bytes) {
    live_--;
    // Back below the bump if it was the last that was taken, which it nearly always was.
    if (start.raw + bytes == base_.raw + bump_) {
        bump_ -= bytes;
        clean_ = std::min(clean_, bump_); // it may never have been zeroed
    } else if (!device_) {
        push_range(start, bytes);
    }
    free_ += bytes;
    afresh();
}

bool Untyped::give_back_range(base::Phys start, std::uint64_t bytes, std::uint64_t dirty,
                              std::uint64_t& done, unsigned& budget) {
    remote::finish_flushes();
    if (!device_) {
        while (done < dirty) {
            if (budget == 0) return false;
            auto const piece = std::min(dirty - done, zero_step / 8);
            zero(start + done, piece);
            done += piece;
            budget -= std::min(budget, 16u);
        }
        push_range(start, bytes);
        free_ += bytes;
    }
    live_--;
    afresh();
    if (live_ == 0) teardown::let_die(*this);
    return true;
}

void Untyped::quarantine(int change) {
    for (auto* at = this; at; at = at->parent_)
        at->quarantined_ += static_cast<std::uint32_t>(change);
}

bool Untyped::destroy(unsigned& budget) {
    // What was ever given out may be dirty, and free blocks hold links; the rest is as it came.
    auto const dirty = born_clean_ ? high_ : bytes_;
    return !parent_ || parent_->give_back_range(base_, bytes_, dirty, zeroed_, budget);
}

} // namespace kernel
