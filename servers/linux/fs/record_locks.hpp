#pragma once
// Advisory locks of an inode: byte ranges owned by a descriptor table (fcntl) or by an open file
// (open file description locks), and whole-file locks owned by an open file (flock).

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/pages/small_memory.hpp>
#include <servers/linux/wait_queue.hpp>

#include <cstdint>

namespace personality {

/// Bytes [first, last] and who holds them.
struct RecordLock {
    std::uint64_t first = 0;
    std::uint64_t last = ~std::uint64_t{0};
    bool exclusive = false;
    void const* owner = nullptr;
    std::int32_t process = 0; ///< for F_GETLK; -1: an open file's lock

    bool meets(RecordLock const& other) const { return first <= other.last && other.first <= last; }
};

class RecordLocks {
public:
    /// What one file may have, since each new one is compared with all.
    static constexpr std::uint32_t most = 8192;

    explicit RecordLocks(SmallMemory& memory) : memory_(memory) {}
    RecordLocks(RecordLocks const&) = delete;
    RecordLocks& operator=(RecordLocks const&) = delete;
    ~RecordLocks();

    bool empty() const { return first_ == nullptr; }
    /// A lock of another owner that stands in the way of `wanted`, or null.
    RecordLock const* conflict(RecordLock const& wanted) const;
    /// Take `wanted`, which has no conflict; what the owner had there is replaced.
    Result<> set(RecordLock const& wanted);
    /// Give up the owner's locks in a range; parts outside stay.
    Result<> clear(std::uint64_t first, std::uint64_t last, void const* owner);
    void clear_all(void const* owner);

    /// Woken whenever something was given up.
    WaitQueue released;

private:
    struct Node {
        RecordLock lock;
        Node* next = nullptr;
    };
    SmallMemory& memory_;
    std::uint32_t count_ = 0;
    Node* first_ = nullptr;
    Node* make_node(RecordLock const& lock);
    void drop(Node** at);
    bool cut_in_two(std::uint64_t first, std::uint64_t last, void const* owner) const;
    Node** place_for(RecordLock const& lock);
};

/// flock: one kind of lock for the whole file.
class WholeLocks {
public:
    explicit WholeLocks(SmallMemory& memory) : locks_(memory) {}
    WholeLocks(WholeLocks const&) = delete;
    WholeLocks& operator=(WholeLocks const&) = delete;

    /// EAGAIN if another open file stands in the way. A lock that is held is converted.
    Result<> lock(void const* owner, bool exclusive);
    void unlock(void const* owner) { locks_.clear_all(owner); }
    WaitQueue& released() { return locks_.released; }

private:
    RecordLocks locks_;
};

} // namespace personality
