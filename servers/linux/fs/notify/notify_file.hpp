#pragma once
// An inotify instance: watches, and a queue of what happened to what they watch.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/notify/watch.hpp>
#include <servers/linux/wait_queue.hpp>

#include <base/list.hpp>

#include <string_view>

namespace personality {

/// All instances of a container: users may have so many, with so many watches.
class NotifyFiles;

class NotifyFile final : public File {
public:
    /// As /proc/sys/fs/inotify has it.
    static constexpr std::uint32_t most_events = 16384, most_of_user = 128,
                                   most_watches_of_user = 8192;

    NotifyFile(Location at, std::uint32_t open_flags, NotifyFiles& of, SmallMemory& memory,
               std::uint32_t owner);

    /// inotify_add_watch on an inode that the caller may read: the watch's number. EEXIST, ENOSPC,
    /// ENOMEM.
    Result<std::int32_t> watch(Inode& inode, std::uint32_t mask);
    /// inotify_rm_watch: EINVAL.
    Result<> unwatch(std::int32_t number);

    /// What a watch was set for has happened.
    void happened(Watch& watch, std::uint32_t event, std::string_view name, std::uint32_t cookie);
    /// Queue an event without a name.
    void tell(std::int32_t number, std::uint32_t event) { queue(number, event, 0, {}); }
    /// Take a watch away, and say so.
    void end(Watch& watch);

    FileKind kind() const override { return FileKind::notify; }
    Outcome read(Call& call, UserBuffer& to) override;
    Outcome ioctl(Call& call, std::uint32_t command, std::uint64_t argument) override;
    std::uint32_t ready() override { return events_.empty() ? 0 : poll_event::readable; }
    WaitQueue* poll_queue() override { return &readable_; }

    std::uint32_t const user;
    std::uint32_t watch_count() const { return watch_count_; }
    base::Link link;

protected:
    ~NotifyFile() override;

private:
    struct Words { // struct inotify_event
        std::int32_t number;
        std::uint32_t mask, cookie, name_bytes;
    };
    /// In a piece of SmallMemory, its name behind it.
    struct Event {
        base::Link link;
        std::int32_t number;
        std::uint32_t mask, cookie;
        std::uint32_t name_bytes;
        std::string_view name() const {
            return {reinterpret_cast<char const*>(this + 1), name_bytes};
        }
        /// What a read gives for it: the name is padded with zeros, at least one.
        std::size_t told_bytes() const {
            auto const padded = (name_bytes + sizeof(Words)) / sizeof(Words) * sizeof(Words);
            return sizeof(Words) + (name_bytes != 0 ? padded : 0);
        }
    };

    NotifyFiles& files_;
    SmallMemory& memory_;
    base::List<Watch, &Watch::in_file> watches_;
    std::uint32_t watch_count_ = 0;
    std::int32_t last_number_ = 0;
    base::List<Event, &Event::link> events_;
    Event* newest_ = nullptr; ///< null: there are none
    std::uint32_t event_count_ = 0;
    Event overflow_{
        .link = {}, .number = -1, .mask = notify_event::overflow, .cookie = 0, .name_bytes = 0};
    WaitQueue readable_;

    void queue(std::int32_t number, std::uint32_t mask, std::uint32_t cookie,
               std::string_view name);
    void append(Event& event);
    void drop(Event& event);
};

class NotifyFiles {
public:
    std::uint32_t instances_of(std::uint32_t user);
    std::uint32_t watches_of(std::uint32_t user);
    base::List<NotifyFile, &NotifyFile::link> all;
};

} // namespace personality
