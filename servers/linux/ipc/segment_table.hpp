#pragma once
// System V shared memory: segments that live until they are removed and nobody maps them any more.
// What they may promise together is limited, since no process answers for them.

#include <servers/linux/identity.hpp>
#include <servers/linux/memory/anonymous_source.hpp>

#include <array>
#include <cstdint>

namespace personality {

class SegmentTable;

/// Owner and rights of an IPC object.
struct IpcRights {
    std::int32_t key = 0;
    std::uint32_t uid = 0, gid = 0, creator_uid = 0, creator_gid = 0;
    std::uint32_t mode = 0; ///< nine permission bits

    /// EACCES unless `identity` has the rights in `wanted` (as in one class of a mode, 07).
    Result<> check(Identity const& identity, std::uint32_t wanted) const;
    /// EPERM unless it may remove and change the object.
    Result<> check_owner(Identity const& identity) const;
};

class SharedSegment final : public AnonymousSource {
public:
    SharedSegment(FramePool& frames, SegmentTable& table, std::uint64_t size)
        : AnonymousSource(frames), size(size), table_(&table) {}

    IpcRights rights;
    std::uint64_t const size; ///< bytes, as asked for
    std::int32_t id = 0;
    std::uint64_t attached_at = 0, detached_at = 0, changed_at = 0; ///< seconds since 1970
    std::int32_t creator = 0, last = 0;                             ///< pids
    bool removed = false;                                           ///< goes with its last mapping
    bool locked = false;

    std::uint64_t pages() const { return (size + page_bytes - 1) / page_bytes; }

private:
    friend class SegmentTable;
    SegmentTable* table_;
    void unmapped() override;
};

class SegmentTable {
public:
    static constexpr std::uint32_t most_segments = 4096; ///< SHMMNI

    SegmentTable() = default;
    SegmentTable(SegmentTable const&) = delete;
    SegmentTable& operator=(SegmentTable const&) = delete;
    ~SegmentTable();

    /// A new segment. ENOSPC: too many, or more than `most_pages` in all; ENOMEM.
    Result<SharedSegment*> create(FramePool& frames, std::uint64_t bytes, std::uint64_t most_pages);
    /// EINVAL: there is none.
    Result<SharedSegment*> find(std::int32_t id) const;
    SharedSegment* with_key(std::int32_t key) const;
    /// By its place in the table (SHM_STAT).
    SharedSegment* at(std::uint32_t index) const {
        return index < most_segments ? segments_[index].get() : nullptr;
    }
    /// The segment whose pages these are, if they are of one.
    SharedSegment* of(PageSource const& source) const;
    /// It goes now, or with its last mapping.
    void remove(SharedSegment& segment);

    std::uint32_t highest() const; ///< the highest place in use; 0 also if none is
    std::uint32_t count() const { return count_; }
    std::uint64_t pages() const { return pages_; }

private:
    friend class SharedSegment;
    std::array<Ref<SharedSegment>, most_segments> segments_;
    std::uint32_t count_ = 0;
    std::uint64_t pages_ = 0;
    std::uint32_t sequence_ = 0;

    static std::uint32_t index_of(std::int32_t id) {
        return static_cast<std::uint32_t>(id) % most_segments;
    }
    void drop(SharedSegment& segment);
};

} // namespace personality
