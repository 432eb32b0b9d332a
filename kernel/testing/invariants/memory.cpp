#include <kernel/testing/invariants/checker.hpp>

#include <algorithm>

namespace kernel::testing {

namespace {

[[clang::no_sanitize("address")]] std::byte* next_block(std::byte* block) {
    return *reinterpret_cast<std::byte**>(block);
}

} // namespace

/// Sealed memory is read too: whether it is zero is one of the questions.
[[clang::no_sanitize("address", "undefined", "coverage")]] bool
Checker::zero(std::byte const* from, std::byte const* end) const {
    if (from >= end) return true;
    if (static_cast<std::uint64_t>(end - from) > most_zero_) end = from + most_zero_;
    std::uint64_t any = 0;
    auto const* const last = reinterpret_cast<std::uint64_t const*>(end);
    for (auto const* word = reinterpret_cast<std::uint64_t const*>(from); word < last; word++)
        any |= *word;
    return any == 0;
}

void Checker::took(Untyped* home, std::uint64_t start, std::uint64_t bytes, bool free) {
    if (home && bytes > 0) notes_.taken.add({home, start, bytes, free});
}

void Checker::took(Untyped* home, void const* block, unsigned log2) {
    took(home, arch::to_physical(block).raw, std::uint64_t{1} << std::max(log2, 6u));
}

void Checker::note_free_blocks(Untyped& untyped) {
    for (unsigned i = 0; i < Untyped::orders; i++) {
        auto left = untyped.bytes_ >> 6;
        for (auto* block = untyped.free_lists_[i]; block; block = next_block(block)) {
            auto const bytes = std::uint64_t{1} << (i + Untyped::smallest);
            auto const start = arch::to_physical(block).raw;
            if (left-- == 0 || start - untyped.base_.raw >= untyped.bytes_)
                return expect(false, "a list of free blocks leaves its Untyped, or has no end");
            took(&untyped, start, bytes, true);
            expect(zero(block + 8, block + bytes), "a free block at {:x} is not zero", start);
        }
    }
}

void Checker::check_memory() {
    for (auto* object : notes_.all) {
        if (object->home) took(object->home, object, object->size_log2);
        if (object->kind == abi::Kind::untyped) note_free_blocks(static_cast<Untyped&>(*object));
    }
    if (notes_.taken.overflowed()) {
        too_much_ = true;
        return;
    }
    std::sort(notes_.taken.begin(), notes_.taken.end(), [](Taken const& a, Taken const& b) {
        return a.from != b.from ? a.from < b.from : a.start < b.start;
    });
    for (auto* object : notes_.all) {
        if (object->kind != abi::Kind::untyped) continue;
        auto& untyped = static_cast<Untyped&>(*object);
        auto const held = notes_.objects.find(object)->quarantined;
        expect(untyped.quarantined_ == held, "{} are in quarantine, counted {}", held,
               untyped.quarantined_);
        auto const of = [](auto const& a, auto const& b) { return a.from < b.from; };
        auto const [first, last] = std::equal_range(notes_.taken.begin(), notes_.taken.end(),
                                                    Taken{&untyped, 0, 0, false}, of);
        check_untyped(untyped, {first, last});
    }
}

void Checker::check_untyped(Untyped& untyped, std::span<Taken const> taken) {
    auto const base = untyped.base_.raw;
    auto const lasting = machine_ == Machine::real && !untyped.parent_;
    // Device memory is given out once, and need not come back.
    auto const whole = !untyped.device_ && !lasting;
    std::uint64_t out = 0, free = untyped.bytes_ - untyped.bump_, end = base;
    for (auto const& block : taken) {
        expect(block.start >= end && (!whole || block.start == end),
               "memory at {:x}: the last ended at {:x}", block.start, end);
        end = block.start + block.bytes;
        out += !block.free;
        free += block.free ? block.bytes : 0;
    }
    expect(untyped.live_ == out || (lasting && untyped.live_ > out),
           "an Untyped has {} blocks out, counted {}", out, untyped.live_);
    expect(end <= base + untyped.bump_ && (!whole || end == base + untyped.bump_),
           "memory is given out up to {:x}, the bump is {:x}", end, base + untyped.bump_);
    if (untyped.device_) return;
    expect(free == untyped.free_, "{:x} bytes are free, counted {:x}", free, untyped.free_);
    if (untyped.clean_ > untyped.bump_)
        expect(zero(arch::to_virtual({base + untyped.bump_}),
                    arch::to_virtual({base + untyped.clean_})),
               "unused memory said to be clean is not");
    expect(untyped.high_ >= untyped.bump_, "the bump is above its highest stand");
}

void Checker::check_object(Untyped& untyped) {
    took(untyped.parent_, untyped.base_.raw, untyped.bytes_);
}
void Checker::check_object(Memory& memory) {
    took(memory.range_, memory.start_.raw, memory.pages_ * abi::page_bytes);
}
void Checker::check_object(CapPool& pool) {
    for (std::uint32_t i = 0; i < pool.used_; i++) took(pool.home, pool.segments_[i], 14);
    expect(!pool.slot(0) || pool.slot(0)->empty(), "slot 0 is occupied");
}

} // namespace kernel::testing
