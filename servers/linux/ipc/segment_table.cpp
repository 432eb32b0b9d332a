#include <servers/linux/ipc/segment_table.hpp>

#include <utility>

namespace personality {

Result<> IpcRights::check(Identity const& identity, std::uint32_t wanted) const {
    std::uint32_t granted = mode;
    if (identity.euid == uid || identity.euid == creator_uid)
        granted >>= 6;
    else if (identity.in_group(gid) || identity.in_group(creator_gid))
        granted >>= 3;
    if ((wanted & ~granted & 7) == 0 || identity.can(Identity::ipc_owner)) return {};
    return fail(Errno::acces);
}

Result<> IpcRights::check_owner(Identity const& identity) const {
    bool const owner = identity.euid == uid || identity.euid == creator_uid;
    if (owner || identity.can(Identity::sys_admin)) return {};
    return fail(Errno::perm);
}

void SharedSegment::unmapped() {
    if (removed && table_ != nullptr) table_->drop(*this);
}

SegmentTable::~SegmentTable() {
    for (auto& segment : segments_)
        if (segment) segment->table_ = nullptr; // a mapping may outlive us
}

Result<SharedSegment*> SegmentTable::create(FramePool& frames, std::uint64_t bytes,
                                            std::uint64_t most_pages) {
    std::uint64_t const pages = (bytes + page_bytes - 1) / page_bytes;
    if (pages > most_pages || pages_ > most_pages - pages) return fail(Errno::nospc);
    for (std::uint32_t index = 0; index < most_segments; index++) {
        if (segments_[index]) continue;
        auto segment = make<SharedSegment>(frames, *this, bytes);
        if (!segment) return fail(Errno::nomem);
        // The number tells a new segment from an old one at the same place.
        constexpr std::uint32_t most_rounds = 0x7fff'ffff / most_segments;
        segment->id = static_cast<std::int32_t>(index + sequence_++ % most_rounds * most_segments);
        segments_[index] = std::move(segment);
        count_++;
        pages_ += pages;
        return segments_[index].get();
    }
    return fail(Errno::nospc);
}

Result<SharedSegment*> SegmentTable::find(std::int32_t id) const {
    if (id < 0) return fail(Errno::inval);
    auto* const segment = segments_[index_of(id)].get();
    if (segment == nullptr || segment->id != id) return fail(Errno::inval);
    return segment;
}

SharedSegment* SegmentTable::with_key(std::int32_t key) const {
    for (auto const& segment : segments_)
        if (segment && segment->rights.key == key && !segment->removed) return segment.get();
    return nullptr;
}

SharedSegment* SegmentTable::of(PageSource const& source) const {
    for (auto const& segment : segments_)
        if (segment.get() == &source) return segment.get();
    return nullptr;
}

void SegmentTable::remove(SharedSegment& segment) {
    segment.removed = true;
    segment.rights.key = 0; // nobody finds it any more
    if (!segment.mapped()) drop(segment);
}

void SegmentTable::drop(SharedSegment& segment) {
    count_--;
    pages_ -= segment.pages();
    segment.table_ = nullptr;
    segments_[index_of(segment.id)] = {};
}

std::uint32_t SegmentTable::highest() const {
    for (std::uint32_t index = most_segments; index-- > 0;)
        if (segments_[index]) return index;
    return 0;
}

} // namespace personality
