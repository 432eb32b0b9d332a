#pragma once
// epoll: files that are watched, and a list of those that may be ready. A wake of a file's queue
// puts its item on the list; who waits looks at the items of the list alone, and only what is ready
// indeed is told.
//
//     file's wait queue -- waiter of the item --> ready list of the epoll --> who waits for it
//
// An epoll is a file too and may be watched by others, five deep and never in a ring.

#include <servers/linux/fs/epoll/epoll_books.hpp>
#include <servers/linux/fs/epoll/epoll_item.hpp>
#include <servers/linux/fs/file.hpp>

#include <memory>

namespace personality {

class Epoll final : public File {
public:
    /// How many epolls may stand above one another.
    static constexpr unsigned deepest = 5;
    /// How many epolls may watch one epoll: a wake goes through all of them.
    static constexpr unsigned most_watchers = 32;

    Epoll(Location at, std::uint32_t open_flags, SmallMemory& memory, EpollBooks& books)
        : File(std::move(at), open_flags), memory_(memory), books_(books) {}

    FileKind kind() const override { return FileKind::epoll; }
    std::uint32_t ready() override;
    WaitQueue* poll_queue() override { return &queue_; }

    /// EEXIST, ENOSPC, ENOMEM; ELOOP and EINVAL where an epoll would be watched in a ring, too deep
    /// or by too many.
    Result<> add(File& file, std::int32_t fd, std::uint32_t events, std::uint64_t data);
    Result<> change(File& file, std::int32_t fd, std::uint32_t events, std::uint64_t data);
    Result<> remove(File& file, std::int32_t fd);

    /// Tell of what is ready, at most `most` events. EFAULT if not even the first could be told.
    Result<std::uint32_t> tell(UserMemory& memory, UserAddress to, std::uint32_t most);
    bool maybe_ready() const { return ready_count_ != 0; }

    /// Every item of a file that ends.
    static void forget(File& file);

    /// Whoever is interested in the items (/proc/PID/fdinfo).
    template <class Use> void each(Use&& use) const {
        for (std::size_t i = 0; i < bucket_count_; i++)
            for (auto* item = buckets_[i]; item != nullptr; item = item->next_in_bucket) use(*item);
    }

protected:
    ~Epoll() override;

private:
    SmallMemory& memory_;
    EpollBooks& books_;
    std::unique_ptr<EpollItem*[]> buckets_; ///< by file and descriptor
    std::size_t bucket_count_ = 0;
    std::size_t item_count_ = 0;
    base::List<EpollItem, &EpollItem::ready_link> ready_;
    std::size_t ready_count_ = 0;
    WaitQueue queue_;
    std::uint64_t round_ = 0; ///< the last one that came by (EpollBooks::round)
    unsigned height_ = 0;     ///< what that one found

    static void woken(Waiter& waiter);
    EpollItem** bucket(File const& file, std::int32_t fd) const;
    EpollItem* find(File const& file, std::int32_t fd) const;
    Result<> make_room();
    void push_ready(EpollItem& item);
    void drop_ready(EpollItem& item);
    void watch(EpollItem& item, std::uint32_t events, std::uint64_t data);
    void drop(EpollItem& item);
    Result<> check_nesting(Epoll& below);
    /// How many epolls stand below this one, itself included; 0: `self` is among them.
    unsigned height(Epoll const& self);
    unsigned depth_above();
};

} // namespace personality
