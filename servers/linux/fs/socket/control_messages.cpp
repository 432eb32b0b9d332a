#include <servers/linux/fs/socket/control_messages.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>

namespace personality {

namespace {

struct Header { // struct cmsghdr
    std::uint64_t bytes;
    std::int32_t level, type;
};
constexpr std::int32_t socket_level = 1, rights = 1, credentials = 2;

constexpr std::uint64_t aligned(std::uint64_t bytes) { return (bytes + 7) & ~std::uint64_t{7}; }

bool one_of(std::uint32_t id, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    return id == a || id == b || id == c;
}

/// Who is not the mighty one names himself.
Result<> check_credentials(Call& call, Credentials const& given) {
    auto const& identity = call.task.identity();
    bool const own = given.process == call.task.process.pid;
    if (!own && !identity.can(Identity::sys_admin)) return fail(Errno::perm);
    if (!one_of(given.user, identity.uid, identity.euid, identity.suid) &&
        !identity.can(Identity::setuid))
        return fail(Errno::perm);
    if (!one_of(given.group, identity.gid, identity.egid, identity.sgid) &&
        !identity.can(Identity::setgid))
        return fail(Errno::perm);
    if (!own && call.task.system().tasks.process(given.process) == nullptr)
        return fail(Errno::srch);
    return {};
}

Result<> load_files(Call& call, UserAddress at, std::uint64_t bytes, Outgoing& message) {
    auto const count = bytes / sizeof(std::int32_t);
    if (count == 0) return {};
    auto const before = message.files ? message.files->files().size() : 0;
    if (count + before > FileBundle::most) return fail(Errno::inval);
    if (!message.files) {
        auto& files = files_of(call);
        auto const& process = call.task.process;
        bool const mighty = process.identity.can(Identity::sys_resource);
        auto const limit = mighty ? FilesInFlight::most : process.limits.soft(Limit::nofile);
        if (files.sockets.flight.count() >= limit) return fail(Errno::toomanyrefs);
        message.files = FileBundle::create(files.memory, FileBundle::most);
        if (!message.files) return fail(Errno::nomem);
    }
    for (std::uint64_t i = 0; i < count; i++) {
        auto const fd = TRY(call.task.memory().load<std::int32_t>(at + i * sizeof(std::int32_t)));
        message.files->add(TRY(call.task.descriptors->any_file(fd)));
    }
    return {};
}

class Writer {
public:
    Writer(UserMemory& memory, UserAddress at, std::uint64_t room, std::uint32_t& told)
        : memory_(memory), at_(at), room_(room), told_(told) {}

    std::uint64_t written() const { return written_; }
    /// How many bytes a message may have that comes now.
    std::uint64_t room() const { return room_ < sizeof(Header) ? 0 : room_ - sizeof(Header); }

    void put(std::int32_t type, std::span<std::byte const> bytes) {
        if (room_ < sizeof(Header)) return truncate();
        if (bytes.size() > room()) {
            truncate();
            bytes = bytes.first(room());
        }
        Header const header{sizeof(Header) + bytes.size(), socket_level, type};
        if (!memory_.store(at_, header) || !memory_.copy_out(at_ + sizeof header, bytes)) return;
        auto const step = std::min(aligned(header.bytes), room_);
        at_ += step;
        room_ -= step;
        written_ += step;
    }
    void truncate() { told_ |= message_flag::control_truncated; }

private:
    UserMemory& memory_;
    UserAddress at_;
    std::uint64_t room_, written_ = 0;
    std::uint32_t& told_;
};

void store_files(Call& call, Incoming& message, Writer& writer) {
    auto const files = message.files->files();
    auto const room = writer.room() / sizeof(std::int32_t);
    std::array<std::int32_t, FileBundle::most> descriptors;
    std::size_t count = 0;
    bool const close_on_exec = (message.flags & message_flag::close_on_exec) != 0;
    while (count < std::min<std::uint64_t>(room, files.size())) {
        auto const installed = install(call, files[count], close_on_exec);
        if (installed.is_error()) break;
        descriptors[count++] = static_cast<std::int32_t>(installed.value());
    }
    if (count < files.size()) writer.truncate();
    if (count != 0) writer.put(rights, std::as_bytes(std::span(descriptors).first(count)));
}

} // namespace

Result<> load_control(Call& call, Socket const& socket, UserAddress control, std::uint64_t bytes,
                      Outgoing& message) {
    constexpr std::uint64_t most = 20480; // net.core.optmem_max
    if (bytes > most) return fail(Errno::nobufs);
    auto& memory = call.task.memory();
    for (std::uint64_t at = 0; bytes - at >= sizeof(Header);) {
        auto const header = TRY(memory.load<Header>(control + at));
        if (header.bytes < sizeof(Header) || header.bytes > bytes - at) return fail(Errno::inval);
        auto const body = control + at + sizeof(Header);
        auto const length = header.bytes - sizeof(Header);
        if (header.level == socket_level) {
            if (header.type == rights) {
                if (socket.family != address_family::unix_domain) return fail(Errno::inval);
                TRY(load_files(call, body, length, message));
            } else if (header.type == credentials) {
                if (length != sizeof(Credentials)) return fail(Errno::inval);
                message.from = TRY(memory.load<Credentials>(body));
                TRY(check_credentials(call, message.from));
                message.credentials_given = true;
            } else {
                return fail(Errno::inval);
            }
        }
        at += std::min(aligned(header.bytes), bytes - at);
    }
    return {};
}

std::uint64_t store_control(Call& call, Socket const& socket, UserAddress control,
                            std::uint64_t bytes, Incoming& message) {
    if (control == 0) {
        if (socket.passes_credentials() || message.files)
            message.told |= message_flag::control_truncated;
        return 0;
    }
    Writer writer(call.task.memory(), control, bytes, message.told);
    if (socket.passes_credentials())
        writer.put(credentials, std::as_bytes(std::span(&message.sender, 1)));
    if (message.files) store_files(call, message, writer);
    return writer.written();
}

} // namespace personality
