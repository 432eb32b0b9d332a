// The key of a state: what it says, written down with objects numbered in the order in which one
// meets them, and hashed to 128 bits.

#include <tests/model/rules.hpp>

namespace model {

namespace {

class Writer {
public:
    Writer(State const& state, std::span<Id const> roots) : state_(state) {
        for (auto const root : roots) number(root);
        for (Cap i = 1; i < most_caps; i++)
            if (state.caps[i].object) sort_in(i);
    }

    Key key() {
        for (std::size_t i = 0; i < count_; i++) write(order_[i]);
        for (std::uint8_t i = 0; i < state_.dying_count; i++) put(13, number(state_.dying[i]));
        return {finish(a_), finish(b_)};
    }

private:
    State const& state_;
    std::array<Id, most_objects> numbers_{};
    std::array<Id, most_objects> order_{};
    std::array<Cap, most_objects> first_{}; ///< capability that an object holds
    std::array<Cap, most_caps> next_{};
    std::size_t count_ = 0;
    std::uint64_t a_ = 0x9e37'79b9'7f4a'7c15, b_ = 0xc2b2'ae3d'27d4'eb4f;

    static std::uint64_t finish(std::uint64_t x) {
        x ^= x >> 32;
        x *= 0xd6e8'feb8'6659'fd93;
        return x ^ x >> 32;
    }
    /// Most of what an object could say it does not: nothing is not written down.
    void put(unsigned field, std::uint64_t word) {
        if (word == 0) return;
        word += field * 0xa24b'aed4'963e'e407;
        a_ = (a_ ^ word) * 0xff51'afd7'ed55'8ccd;
        a_ ^= a_ >> 29;
        b_ = (b_ + word) * 0xc4ce'b9fe'1a85'ec53;
        b_ ^= b_ >> 31;
    }
    Id number(Id id) {
        if (id && !numbers_[id]) {
            numbers_[id] = static_cast<Id>(count_ + 1);
            order_[count_++] = id;
        }
        return numbers_[id];
    }
    /// What an object holds is written in the order of its places.
    void sort_in(Cap cap) {
        auto const& it = state_.caps[cap];
        auto* before = &first_[it.holder];
        while (*before && state_.caps[*before].place < it.place) before = &next_[*before];
        next_[cap] = *before;
        *before = cap;
    }
    void line(unsigned field, Line const& line) {
        std::uint64_t word = line.count;
        for (std::uint8_t i = 0; i < line.count; i++) word = word << 8 | number(line.ids[i]);
        put(field, word);
    }

    void write(Id id) {
        auto const& it = state_.objects[id];
        std::uint64_t word = static_cast<std::uint64_t>(it.kind);
        for (auto const other :
             {it.home, it.range, it.waits_at, it.reply, it.context, it.own_context, it.lent_by})
            word = word << 8 | number(other);
        put(1, word);
        word = 0;
        for (auto const other :
             {it.bound, it.process, it.caller, it.receiver, it.lent, it.owner, it.user})
            word = word << 8 | number(other);
        put(2, word);
        put(3, it.bytes | std::uint64_t{it.used} << 32);
        put(4, static_cast<std::uint64_t>(it.state) | static_cast<std::uint64_t>(it.sending) << 8 |
                   std::uint64_t{it.waits_for_server} << 16 | std::uint64_t{it.foreign} << 17 |
                   std::uint64_t{it.held} << 18 | std::uint64_t{it.kicked} << 19 |
                   std::uint64_t{it.sends_cap} << 24 | std::uint64_t{it.priority} << 32 |
                   std::uint64_t{it.deadline} << 40 | std::uint64_t{it.area} << 48 |
                   static_cast<std::uint64_t>(it.life) << 56);
        put(5, it.badge);
        put(6, it.bits);
        put(7, std::uint64_t{it.going_on} << 2 | std::uint64_t{it.quick} << 1 | it.only_reaps);
        put(8, it.exit_code);
        put(14, std::uint64_t{it.period} << 1 | it.used_up);
        put(15, it.line | std::uint64_t{it.level} << 8 | std::uint64_t{it.pending} << 9 |
                    std::uint64_t{it.again} << 11 | std::uint64_t{it.open} << 12);
        line(9, it.callers);
        line(10, it.receivers);
        if (it.kind == Kind::address_space)
            for (unsigned i = 0; i < most_pages; i++) {
                auto const& page = state_.pages[it.area][i];
                put(32 + i, page.attachment | std::uint64_t{page.offset} << 8 |
                                static_cast<std::uint64_t>(page.protection) << 16 |
                                std::uint64_t{page.guard} << 24);
            }
        for (auto held = first_[id]; held; held = next_[held]) {
            auto const& cap = state_.caps[held];
            auto const& parent = state_.caps[cap.parent];
            put(11, cap.place | std::uint64_t{cap.rights} << 8 |
                        std::uint64_t{number(cap.revoking)} << 48 |
                        std::uint64_t{parent.place} << 16 |
                        std::uint64_t{number(cap.object)} << 24 |
                        std::uint64_t{cap.parent ? number(parent.holder) : Id{0}} << 32);
            put(12, cap.data);
        }
    }
};

} // namespace

Key key(State const& state, std::span<Id const> roots) { return Writer{state, roots}.key(); }

} // namespace model
