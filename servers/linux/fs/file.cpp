#include <servers/linux/fs/file.hpp>

#include <servers/linux/fs/async_notice.hpp>
#include <servers/linux/fs/epoll/epoll.hpp>
#include <servers/linux/fs/notify/notify.hpp>
#include <servers/linux/memory/page_source.hpp>

namespace personality {

File::File(Location at, std::uint32_t open_flags)
    : location(std::move(at)), flags(open_flags & ~open_flag::of_opening) {
    if (!writable()) return;
    inode().writers++;
    if (location.mount) location.mount->writers++;
}

File::~File() {
    if (epoll_items != nullptr) Epoll::forget(*this);
    if (writable()) {
        inode().writers--;
        if (location.mount) location.mount->writers--;
    }
    if (!path_only())
        notify(*location.entry,
               writable() ? notify_event::close_write : notify_event::close_no_write);
    inode().whole_locks.unlock(this);
    if (!inode().record_locks.empty()) inode().record_locks.clear_all(this);
}

bool File::readable() const {
    auto const access = flags & open_flag::access_mask;
    return !path_only() && (access == open_flag::read_only || access == open_flag::read_write);
}
bool File::writable() const {
    auto const access = flags & open_flag::access_mask;
    return !path_only() && (access == open_flag::write_only || access == open_flag::read_write);
}

Outcome File::read(Call& call, UserBuffer& to) {
    if (!seekable()) return inode().folder() ? Errno::isdir : Errno::inval;
    auto const done = read_at(call, to, position);
    if (done.value() > 0) position += static_cast<std::uint64_t>(done.value());
    return done;
}

Outcome File::write(Call& call, UserBuffer& from) {
    if (!seekable()) return Errno::inval;
    if ((flags & open_flag::append) != 0) position = inode().attributes().size;
    auto const done = write_at(call, from, position);
    if (done.value() > 0) position += static_cast<std::uint64_t>(done.value());
    return done;
}

Outcome File::read_at(Call&, UserBuffer&, std::uint64_t) {
    return inode().folder() ? Errno::isdir : Errno::spipe;
}
Outcome File::write_at(Call&, UserBuffer&, std::uint64_t) { return Errno::spipe; }

Result<std::uint64_t> File::seek(std::int64_t, Seek) { return fail(Errno::spipe); }
Outcome File::ioctl(Call&, std::uint32_t, std::uint64_t) { return Errno::notty; }
Result<> File::allocate(std::uint32_t, std::uint64_t, std::uint64_t) {
    return fail(inode().type == FileType::fifo ? Errno::spipe : Errno::nodev);
}
Result<> File::list(Listing&) { return fail(Errno::notdir); }
Result<Ref<PageSource>> File::pages() { return fail(Errno::nodev); }

} // namespace personality
