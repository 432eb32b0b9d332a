#include <tools/image/file_tree.hpp>

#include <tools/image/host.hpp>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace image {

namespace {

namespace fs = std::filesystem;

std::uint64_t nanoseconds(timespec const& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

/// Walks one folder of the host, and knows which of its files it has met under another name.
class TreeWalk {
public:
    explicit TreeWalk(Archive& archive) : archive_(archive) {}

    void folder(std::string const& guest, fs::path const& host) {
        auto const status = status_of(host);
        if (!S_ISDIR(status.st_mode)) throw std::runtime_error(host.string() + " is no folder");
        if (guest != "/") add(guest, status, {.type = Type::folder});
        std::error_code error;
        for (auto const& item : fs::directory_iterator(host, error))
            node((guest == "/" ? "" : guest) + "/" + item.path().filename().string(), item.path());
        if (error) throw std::runtime_error(host.string() + ": " + error.message());
    }

private:
    Archive& archive_;
    std::map<std::pair<dev_t, ino_t>, std::string> met_;

    static struct stat status_of(fs::path const& host) {
        struct stat status{};
        if (::lstat(host.c_str(), &status) != 0)
            throw std::runtime_error(host.string() + ": " + std::strerror(errno));
        return status;
    }

    void add(std::string const& guest, struct stat const& status, Node node) {
        node.mode = status.st_mode & 07777;
        node.modified_ns = nanoseconds(status.st_mtim);
        archive_.add(guest, std::move(node));
    }

    void node(std::string const& guest, fs::path const& host) {
        auto const status = status_of(host);
        switch (status.st_mode & S_IFMT) {
        case S_IFDIR: folder(guest, host); break;
        case S_IFREG: file(guest, host, status); break;
        case S_IFLNK:
            add(guest, status, {.type = Type::symlink, .content = fs::read_symlink(host).string()});
            break;
        case S_IFIFO: add(guest, status, {.type = Type::fifo}); break;
        case S_IFCHR: device(guest, status, Type::character_device); break;
        case S_IFBLK: device(guest, status, Type::block_device); break;
        default: break; // a socket means nothing without its server
        }
    }

    void file(std::string const& guest, fs::path const& host, struct stat const& status) {
        auto const [first, fresh] = met_.try_emplace({status.st_dev, status.st_ino}, guest);
        if (status.st_nlink > 1 && !fresh)
            add(guest, status, {.type = Type::hard_link, .content = first->second});
        else
            archive_.add(guest, host_file(host, status.st_mode & 07777));
    }

    void device(std::string const& guest, struct stat const& status, Type type) {
        add(guest, status,
            {.type = type,
             .device_major = ::major(status.st_rdev),
             .device_minor = ::minor(status.st_rdev)});
    }
};

} // namespace

void add_file(Archive& archive, std::string const& guest, fs::path const& host,
              std::optional<std::uint32_t> mode) {
    struct stat status{};
    if (!mode && ::stat(host.c_str(), &status) == 0) mode = status.st_mode & 07777;
    archive.add(guest_path(guest), host_file(host, mode.value_or(0)));
}

void add_tree(Archive& archive, std::string const& guest, fs::path const& host) {
    TreeWalk(archive).folder(guest_path(guest), host);
}

void add_folder(Archive& archive, std::string const& guest, std::uint32_t mode) {
    archive.add(guest_path(guest), {.type = Type::folder, .mode = mode});
}

void add_symlink(Archive& archive, std::string const& guest, std::string const& target) {
    if (target.empty() || target.find('\0') != target.npos)
        throw std::runtime_error(guest + " is to be a link to nothing");
    archive.add(guest_path(guest), {.type = Type::symlink, .mode = 0777, .content = target});
}

void add_hard_link(Archive& archive, std::string const& guest, std::string const& target) {
    archive.add(guest_path(guest), {.type = Type::hard_link, .content = guest_path(target)});
}

void add_device(Archive& archive, std::string const& guest, char kind, std::uint32_t major,
                std::uint32_t minor, std::uint32_t mode) {
    Type type{};
    switch (kind) {
    case 'c': type = Type::character_device; break;
    case 'b': type = Type::block_device; break;
    case 'p': type = Type::fifo; break;
    default: throw std::runtime_error(guest + ": the kind of a device is c, b or p");
    }
    if (major >= 4096 || minor >= 1 << 20)
        throw std::runtime_error(guest + ": a device number is too large");
    archive.add(guest_path(guest), {.type = type,
                                    .mode = mode,
                                    .device_major = kind == 'p' ? 0 : major,
                                    .device_minor = kind == 'p' ? 0 : minor});
}

void add_applets(Archive& archive, std::string const& guest, fs::path const& host) {
    std::istringstream list(output_of(host, "--list-full"));
    auto const busybox = guest_path(guest);
    for (std::string path; std::getline(list, path);)
        // Itself, which it may list under another folder, it must not replace.
        if (fs::path(path).filename() != fs::path(busybox).filename())
            add_symlink(archive, "/" + path, busybox);
}

std::uint32_t permission_bits(std::string const& text) {
    std::size_t used = 0;
    unsigned long bits = 0;
    try {
        bits = std::stoul(text, &used, 8);
    } catch (std::exception const&) {
        used = 0;
    }
    if (used == 0 || used != text.size() || bits > 07777)
        throw std::runtime_error("'" + text + "' is no mode: octal digits, at most 7777");
    return static_cast<std::uint32_t>(bits);
}

} // namespace image
