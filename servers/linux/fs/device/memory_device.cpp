#include <servers/linux/fs/device/memory_device.hpp>

#include <servers/linux/environment.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/pages/file_contents.hpp>
#include <servers/linux/fs/volume.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>

namespace personality {

namespace {

constinit PageQuota no_quota{};

constexpr std::uint32_t get_entropy_count = 0x8004'5200;

} // namespace

Result<Ref<File>> MemoryDevice::open(std::uint32_t minor, OpenRequest const& request,
                                     Random& random) {
    auto const kind = static_cast<Kind>(minor);
    switch (kind) {
    case Kind::null:
    case Kind::zero:
    case Kind::full:
    case Kind::random:
    case Kind::urandom: break;
    default: return fail(Errno::nxio);
    }
    auto file = make<MemoryDevice>(request.at, request.flags, kind, random);
    if (!file) return fail(Errno::nomem);
    return file;
}

Outcome MemoryDevice::read(Call& call, UserBuffer& to) {
    switch (kind_) {
    case Kind::null: return 0;
    case Kind::zero:
    case Kind::full: return to.fill(std::byte{0}, to.remaining());
    default: return read_random(call, to);
    }
}

/// Chance takes time, and everybody else waits: a big read is made in portions, with room for
/// others between them. progress[1]: what earlier runs of this call have given.
Outcome MemoryDevice::read_random(Call& call, UserBuffer& to) {
    constexpr std::size_t portion = 64 * 1024;
    auto& done = call.progress[1];
    for (auto skipped = std::uint64_t{0}; skipped < done;) {
        auto const piece = TRY(to.next_writable(done - skipped));
        if (piece.empty()) return done;
        to.advance(piece.size());
        skipped += piece.size();
    }
    auto const end = to.moved() + std::min(portion, to.remaining());
    while (to.moved() < end) {
        std::array<std::byte, 256> piece;
        auto const bytes = std::span(piece).first(std::min(piece.size(), end - to.moved()));
        random_.fill(bytes);
        if (TRY(to.copy_out(bytes)) < bytes.size()) return to.moved();
    }
    done = to.moved();
    if (to.remaining() == 0) return done;
    constexpr std::uint64_t soon = 1000;
    call.deadline = call.task.environment().clock.monotonic() + soon;
    return call.block(done);
}

Outcome MemoryDevice::write(Call&, UserBuffer& from) {
    if (kind_ == Kind::full) return Errno::nospc;
    // What is written to the random devices is not believed, but there is no harm in it.
    auto const bytes = from.remaining();
    return bytes;
}

Outcome MemoryDevice::read_at(Call& call, UserBuffer& to, std::uint64_t) { return read(call, to); }
Outcome MemoryDevice::write_at(Call& call, UserBuffer& from, std::uint64_t) {
    return write(call, from);
}

Outcome MemoryDevice::ioctl(Call& call, std::uint32_t command, std::uint64_t argument) {
    bool const random = kind_ == Kind::random || kind_ == Kind::urandom;
    if (random && command == get_entropy_count) return store_int(call, argument, 256);
    return random ? Errno::inval : Errno::notty;
}

Result<Ref<PageSource>> MemoryDevice::pages() {
    if (kind_ != Kind::zero) return fail(Errno::nodev);
    // Each mapping of /dev/zero is memory of its own, without end.
    auto contents =
        FileContents::create(inode().volume.memory, inode().volume.environment.frames, no_quota);
    if (!contents) return fail(Errno::nomem);
    TRY(contents->resize(FileContents::max_size));
    return contents;
}

} // namespace personality
