#include <servers/linux/fs/device/memory_device.hpp>

#include <servers/linux/environment.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/pages/file_contents.hpp>
#include <servers/linux/fs/volume.hpp>

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

Outcome MemoryDevice::read(Call&, UserBuffer& to) {
    switch (kind_) {
    case Kind::null: return 0;
    case Kind::zero:
    case Kind::full: return to.fill(std::byte{0}, to.remaining());
    default: break;
    }
    while (to.remaining() != 0) {
        std::array<std::byte, 256> piece;
        auto const bytes = std::span(piece).first(std::min(piece.size(), to.remaining()));
        random_.fill(bytes);
        auto const moved = to.copy_out(bytes);
        if (!moved) return moved.error();
        if (*moved < bytes.size()) break;
    }
    return to.moved();
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
    auto contents = make<FileContents>(inode().volume.environment.frames, no_quota);
    if (!contents) return fail(Errno::nomem);
    TRY(contents->resize(FileContents::max_size));
    return contents;
}

} // namespace personality
