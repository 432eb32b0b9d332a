#include <kernel/testing/page_model.hpp>

#include <kernel/memory/page_ranges.hpp>

#include <format>

namespace kernel::testing {

/// Make a piece begin at `at`, if one covers it.
void PageModel::cut(std::uint64_t at) {
    auto next = pieces_.upper_bound(at);
    if (next == pieces_.begin()) return;
    auto& [start, piece] = *std::prev(next);
    if (start == at || piece.end <= at) return;
    auto rest = piece;
    rest.offset += piece.guard() ? 0 : at - start;
    piece.end = at;
    pieces_.emplace(at, rest);
}

void PageModel::erase(std::uint64_t first, std::uint64_t count) {
    cut(first);
    cut(first + count);
    pieces_.erase(pieces_.lower_bound(first), pieces_.lower_bound(first + count));
}

void PageModel::put(std::uint64_t first, std::uint64_t count, Piece piece) {
    if (count == 0) return;
    erase(first, count);
    piece.end = first + count;
    pieces_.emplace(first, piece);
}

PageModel::Pieces PageModel::within(std::uint64_t first, std::uint64_t count) const {
    auto copy = *this;
    copy.cut(first);
    copy.cut(first + count);
    return {copy.pieces_.lower_bound(first), copy.pieces_.lower_bound(first + count)};
}

std::uint64_t PageModel::first_used(std::uint64_t first, std::uint64_t count) const {
    auto const pieces = within(first, count);
    return pieces.empty() ? first + count : pieces.begin()->first;
}

bool PageModel::any_mapped(std::uint64_t first, std::uint64_t count) const {
    for (auto const& [start, piece] : within(first, count))
        if (!piece.guard()) return true;
    return false;
}

void PageModel::erase_attachment(std::uint32_t number) {
    std::erase_if(pieces_, [&](auto const& pair) { return pair.second.attachment == number; });
}

namespace {

/// True if two neighbours are one piece.
bool follows(std::uint64_t before, PageModel::Piece const& last, std::uint64_t start,
             PageModel::Piece const& piece) {
    return last.attachment == piece.attachment && last.protection == piece.protection &&
           (piece.guard() || last.offset + (start - before) == piece.offset);
}

} // namespace

PageModel::Pieces PageModel::merged() const {
    Pieces result;
    for (auto const& [start, piece] : pieces_) {
        if (!result.empty()) {
            auto& [before, last] = *result.rbegin();
            if (last.end == start && follows(before, last, start, piece)) {
                last.end = piece.end;
                continue;
            }
        }
        result.emplace(start, piece);
    }
    return result;
}

namespace {

abi::Protection protection_of(PageEntry entry) {
    if (!(entry.raw & PageEntry::present)) return abi::Protection::none;
    if (entry.writes()) return abi::Protection::read_write;
    return entry.raw & PageEntry::no_execute ? abi::Protection::read
                                             : abi::Protection::read_execute;
}

} // namespace

PageModel PageModel::of(AddressSpace& space) {
    PageModel model;
    auto const append = [&](std::uint64_t first, std::uint64_t count, Piece piece) {
        piece.end = first + count;
        if (!model.pieces_.empty()) {
            auto& [start, last] = *model.pieces_.rbegin();
            if (last.end == first && follows(start, last, first, piece)) {
                last.end = piece.end;
                return;
            }
        }
        model.pieces_.emplace_hint(model.pieces_.end(), first, piece);
    };
    for (base::Virt at{0}; at.raw < abi::user_end;) {
        auto const way = space.tables_.find(at);
        auto const entry = way.entry();
        auto const size = PageTables::covers(way.level);
        auto const page = at.raw / abi::page_bytes;
        if (entry.guards()) {
            append(page, 1, {0, 0, 0, abi::Protection::none});
        } else if (entry.maps()) {
            auto const& from = *space.attachment(entry.attachment());
            auto const offset = (entry.frame() - from.start) / abi::page_bytes;
            append(page, pages_of(way.level),
                   {0, entry.attachment(), offset, protection_of(entry)});
        }
        at = {base::align_down(at.raw, size) + size};
    }
    return model;
}

std::string PageModel::text(Pieces const& pieces) {
    std::string result;
    for (auto const& [start, piece] : pieces)
        result +=
            std::format("{:#x} to {:#x}: {} of attachment {}, protection {}\n", start, piece.end,
                        piece.offset, piece.attachment, static_cast<int>(piece.protection));
    return result;
}

} // namespace kernel::testing
