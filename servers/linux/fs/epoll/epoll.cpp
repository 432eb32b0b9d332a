#include <servers/linux/fs/epoll/epoll.hpp>

#include <algorithm>
#include <new>

namespace personality {

namespace {

constexpr std::uint32_t always = poll_event::error | poll_event::hang_up;

struct [[gnu::packed]] EventWords { // struct epoll_event
    std::uint32_t events;
    std::uint64_t data;
};

std::size_t hash_of(File const& file, std::int32_t fd) {
    auto const words =
        reinterpret_cast<std::uintptr_t>(&file) / 16 + static_cast<std::uint32_t>(fd);
    return (words * 0x9e37'79b9'7f4a'7c15) >> 32;
}

} // namespace

Epoll::~Epoll() {
    for (std::size_t i = 0; i < bucket_count_; i++)
        while (buckets_[i] != nullptr) drop(*buckets_[i]);
}

void Epoll::forget(File& file) {
    while (file.epoll_items != nullptr) file.epoll_items->epoll.drop(*file.epoll_items);
}

EpollItem** Epoll::bucket(File const& file, std::int32_t fd) const {
    return &buckets_[hash_of(file, fd) & (bucket_count_ - 1)];
}

EpollItem* Epoll::find(File const& file, std::int32_t fd) const {
    if (bucket_count_ == 0) return nullptr;
    auto* item = *bucket(file, fd);
    while (item != nullptr && (&item->file != &file || item->fd != fd)) item = item->next_in_bucket;
    return item;
}

Result<> Epoll::make_room() {
    if (item_count_ < bucket_count_) return {};
    auto const wider = std::max<std::size_t>(8, bucket_count_ * 2);
    std::unique_ptr<EpollItem*[]> buckets(new (std::nothrow) EpollItem*[wider]());
    if (!buckets) return fail(Errno::nomem);
    auto const old = std::exchange(buckets_, std::move(buckets));
    auto const count = std::exchange(bucket_count_, wider);
    for (std::size_t i = 0; i < count; i++) {
        for (auto* item = old[i]; item != nullptr;) {
            auto* const next = item->next_in_bucket;
            auto** const place = bucket(item->file, item->fd);
            item->next_in_bucket = std::exchange(*place, item);
            item = next;
        }
    }
    return {};
}

void Epoll::push_ready(EpollItem& item) {
    ready_.push_back(item);
    ready_count_++;
}

void Epoll::drop_ready(EpollItem& item) {
    base::List<EpollItem, &EpollItem::ready_link>::remove(item);
    ready_count_--;
}

/// A file's queue was woken. A wake that has come by here already on its way up, through another
/// epoll, goes no further: where many watch many the ways multiply.
void Epoll::woken(Waiter& waiter) {
    auto& item = *static_cast<EpollItem*>(waiter.owner);
    auto& epoll = item.epoll;
    auto& books = epoll.books_;
    if (!item.ready_link.linked()) epoll.push_ready(item);
    waiter.served = !epoll.queue_.empty();
    if (!waiter.served) return;
    if (books.depth == 0)
        books.round++;
    else if (epoll.round_ == books.round)
        return;
    epoll.round_ = books.round;
    books.depth++;
    epoll.queue_.wake_all(poll_event::readable);
    books.depth--;
}

/// Watch for what is asked now. The registration comes first, so that no wake is lost.
void Epoll::watch(EpollItem& item, std::uint32_t events, std::uint64_t data) {
    item.events = events | always;
    item.data = data;
    item.waiter.owner = &item;
    item.waiter.wake = woken;
    item.waiter.interest = item.wanted();
    item.waiter.exclusive = item.has(epoll_event::exclusive);
    if (!item.waiter.waiting())
        if (auto* const queue = item.file.poll_queue()) queue->add(item.waiter);
    if ((item.file.ready() & item.wanted()) == 0 || item.ready_link.linked()) return;
    push_ready(item);
    queue_.wake_all(poll_event::readable);
}

Result<> Epoll::add(File& file, std::int32_t fd, std::uint32_t events, std::uint64_t data) {
    if (file.kind() == FileKind::epoll) TRY(check_nesting(static_cast<Epoll&>(file)));
    if (find(file, fd) != nullptr) return fail(Errno::exist);
    if (books_.items >= books_.most_items) return fail(Errno::nospc);
    TRY(make_room());
    auto* const item = new (memory_) EpollItem(*this, file, fd);
    if (item == nullptr) return fail(Errno::nomem);
    books_.items++;
    item_count_++;
    auto** const place = bucket(file, fd);
    item->next_in_bucket = std::exchange(*place, item);
    item->next_of_file = std::exchange(file.epoll_items, item);
    if (item->next_of_file != nullptr) item->next_of_file->previous_of_file = item;
    watch(*item, events, data);
    return {};
}

Result<> Epoll::change(File& file, std::int32_t fd, std::uint32_t events, std::uint64_t data) {
    auto* const item = find(file, fd);
    if (item == nullptr) return fail(Errno::noent);
    if (item->has(epoll_event::exclusive)) return fail(Errno::inval);
    watch(*item, events, data);
    return {};
}

Result<> Epoll::remove(File& file, std::int32_t fd) {
    auto* const item = find(file, fd);
    if (item == nullptr) return fail(Errno::noent);
    drop(*item);
    return {};
}

void Epoll::drop(EpollItem& item) {
    if (item.ready_link.linked()) drop_ready(item);
    auto** place = bucket(item.file, item.fd);
    while (*place != &item) place = &(*place)->next_in_bucket;
    *place = item.next_in_bucket;
    (item.previous_of_file != nullptr ? item.previous_of_file->next_of_file
                                      : item.file.epoll_items) = item.next_of_file;
    if (item.next_of_file != nullptr) item.next_of_file->previous_of_file = item.previous_of_file;
    item_count_--;
    books_.items--;
    delete &item;
}

std::uint32_t Epoll::ready() {
    while (ready_count_ != 0) {
        auto& item = ready_.front();
        if ((item.file.ready() & item.wanted()) != 0) return poll_event::readable;
        drop_ready(item);
    }
    return 0;
}

Result<std::uint32_t> Epoll::tell(UserMemory& memory, UserAddress to, std::uint32_t most) {
    std::uint32_t told = 0;
    for (auto left = ready_count_; left != 0 && told < most; left--) {
        auto& item = ready_.front();
        auto const events = item.file.ready() & item.wanted();
        if (events == 0) {
            drop_ready(item);
            continue;
        }
        EventWords const words{.events = events, .data = item.data};
        if (auto const stored = memory.store(to + told * sizeof words, words); !stored) {
            if (told == 0) return fail(stored.error());
            break;
        }
        told++;
        drop_ready(item);
        if (item.has(epoll_event::one_shot)) {
            item.events &= epoll_event::modes;
            item.waiter.leave();
        } else if (!item.has(epoll_event::edge)) {
            push_ready(item); // behind those who wait for their turn
        }
    }
    return told;
}

unsigned Epoll::height(Epoll const& self) {
    if (this == &self) return 0;
    if (round_ == books_.round) return height_;
    round_ = books_.round;
    height_ = 1;
    unsigned highest = 0;
    bool ring = false;
    each([&](EpollItem const& item) {
        if (ring || item.file.kind() != FileKind::epoll) return;
        auto const below = static_cast<Epoll&>(item.file).height(self);
        ring = below == 0;
        highest = std::max(highest, below);
    });
    return height_ = ring ? 0 : highest + 1;
}

unsigned Epoll::depth_above() {
    if (round_ == books_.round) return height_;
    round_ = books_.round;
    unsigned most = 0;
    for (auto* item = epoll_items; item != nullptr; item = item->next_of_file)
        most = std::max(most, item->epoll.depth_above() + 1);
    return height_ = most;
}

Result<> Epoll::check_nesting(Epoll& below) {
    books_.round++;
    auto const under = below.height(*this);
    if (under == 0) return fail(Errno::loop);
    books_.round++;
    if (under + 1 + depth_above() > deepest) return fail(Errno::loop);
    unsigned watchers = 0;
    for (auto* item = below.epoll_items; item != nullptr; item = item->next_of_file) watchers++;
    if (watchers >= most_watchers) return fail(Errno::inval);
    return {};
}

} // namespace personality
