#include <servers/linux/fs/notify/notify_file.hpp>

#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/ioctl.hpp>

#include <array>
#include <cstring>

namespace personality {

std::uint32_t NotifyFiles::instances_of(std::uint32_t user) {
    std::uint32_t count = 0;
    for (auto& file : all) count += file.user == user;
    return count;
}

std::uint32_t NotifyFiles::watches_of(std::uint32_t user) {
    std::uint32_t count = 0;
    for (auto& file : all) count += file.user == user ? file.watch_count() : 0;
    return count;
}

NotifyFile::NotifyFile(Location at, std::uint32_t open_flags, NotifyFiles& of, SmallMemory& memory,
                       std::uint32_t owner)
    : File(std::move(at), open_flags), user(owner), files_(of), memory_(memory) {
    files_.all.push_back(*this);
}

NotifyFile::~NotifyFile() {
    while (!watches_.empty()) {
        auto& watch = watches_.pop_front();
        delete &watch;
    }
    while (!events_.empty()) drop(events_.front());
    decltype(files_.all)::remove(*this);
}

Result<std::int32_t> NotifyFile::watch(Inode& inode, std::uint32_t mask) {
    constexpr auto kept = notify_event::all | watch_flag::not_unlinked | watch_flag::once;
    for (auto* watch = inode.first_watch; watch != nullptr; watch = watch->in_inode.next) {
        if (&watch->file != this) continue;
        if ((mask & watch_flag::must_be_new) != 0) return fail(Errno::exist);
        bool const adds = (mask & watch_flag::add_to_mask) != 0;
        watch->mask = (adds ? watch->mask : 0) | (mask & kept);
        return watch->number;
    }
    if (files_.watches_of(user) >= most_watches_of_user) return fail(Errno::nospc);
    auto* const made = new (memory_) Watch(*this, inode, last_number_ + 1, mask & kept);
    if (made == nullptr) return fail(Errno::nomem);
    watches_.push_back(*made);
    watch_count_++;
    // Numbers are not used again: an event that is still in the queue must not mean another file.
    if (last_number_ == INT32_MAX - 1) last_number_ = 0;
    return ++last_number_;
}

Result<> NotifyFile::unwatch(std::int32_t number) {
    for (auto& watch : watches_) {
        if (watch.number != number) continue;
        end(watch);
        return {};
    }
    return fail(Errno::inval);
}

void NotifyFile::end(Watch& watch) {
    tell(watch.number, notify_event::ignored);
    decltype(watches_)::remove(watch);
    watch_count_--;
    delete &watch;
}

void NotifyFile::happened(Watch& watch, std::uint32_t event, std::string_view name,
                          std::uint32_t cookie) {
    queue(watch.number, event, cookie, name);
    if ((watch.mask & watch_flag::once) != 0) end(watch);
}

void NotifyFile::queue(std::int32_t number, std::uint32_t mask, std::uint32_t cookie,
                       std::string_view name) {
    // What says the same as the event before it says nothing.
    if (newest_ != nullptr && newest_->mask == mask && newest_->number == number &&
        newest_->name() == name && mask != notify_event::ignored)
        return;
    void* const piece =
        event_count_ < most_events ? memory_.allocate(sizeof(Event) + name.size()) : nullptr;
    if (piece == nullptr) {
        if (!overflow_.link.linked()) append(overflow_);
        return;
    }
    auto* const event = new (piece) Event{.link = {},
                                          .number = number,
                                          .mask = mask,
                                          .cookie = cookie,
                                          .name_bytes = static_cast<std::uint32_t>(name.size())};
    if (!name.empty()) std::memcpy(event + 1, name.data(), name.size());
    append(*event);
}

void NotifyFile::append(Event& event) {
    events_.push_back(event);
    newest_ = &event;
    event_count_++;
    readable_.wake_all(poll_event::readable);
}

void NotifyFile::drop(Event& event) {
    decltype(events_)::remove(event);
    event_count_--;
    if (newest_ == &event) newest_ = nullptr; // the oldest goes first: there is no other
    if (&event != &overflow_) SmallMemory::release(&event);
}

Outcome NotifyFile::read(Call& call, UserBuffer& to) {
    if (events_.empty()) {
        if (nonblocking()) return Errno::again;
        TRY(call.watch(readable_, poll_event::readable));
        return call.block(Errno::restart_sys);
    }
    while (!events_.empty()) {
        auto& event = events_.front();
        auto const bytes = event.told_bytes();
        if (bytes > to.remaining()) break;
        std::array<std::byte, sizeof(Words) + Entry::longest_name + 1 + sizeof(Words)> told{};
        Words const words{event.number, event.mask, event.cookie,
                          static_cast<std::uint32_t>(bytes - sizeof(Words))};
        std::memcpy(told.data(), &words, sizeof words);
        std::memcpy(told.data() + sizeof words, event.name().data(), event.name_bytes);
        if (TRY(to.copy_out(std::span(told).first(bytes))) != bytes) return Errno::fault;
        drop(event);
    }
    return to.moved() != 0 ? Outcome(to.moved()) : Errno::inval;
}

Outcome NotifyFile::ioctl(Call& call, std::uint32_t command, std::uint64_t argument) {
    if (command != ioctl::bytes_readable) return Errno::notty;
    std::size_t bytes = 0;
    for (auto& event : events_) bytes += event.told_bytes();
    return store_int(call, argument, static_cast<std::int32_t>(bytes));
}

} // namespace personality
