// Reading folders, and standing in them.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/notify/notify.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace personality::calls {

namespace {

/// Writes struct linux_dirent64, or the old struct linux_dirent whose type stands at its end.
class Records final : public Listing {
public:
    Records(UserMemory& memory, UserAddress address, std::size_t bytes, bool old)
        : memory_(memory), address_(address), left_(bytes), old_(old) {}

    bool add(std::string_view name, std::uint64_t number, FileType type,
             std::uint64_t next) override {
        std::array<std::byte, 24 + Entry::longest_name + 8> record{};
        std::size_t const name_at = old_ ? 18 : 19;
        auto const bytes = (name_at + name.size() + (old_ ? 2 : 1) + 7) & ~std::size_t{7};
        if (bytes > left_) {
            too_small_ = written_ == 0;
            return false;
        }
        auto const length = static_cast<std::uint16_t>(bytes);
        std::memcpy(record.data(), &number, 8);
        std::memcpy(record.data() + 8, &next, 8);
        std::memcpy(record.data() + 16, &length, 2);
        record[old_ ? bytes - 1 : 18] = std::byte{static_cast<std::uint8_t>(type)};
        std::memcpy(record.data() + name_at, name.data(), name.size());
        if (!memory_.copy_out(address_ + written_, std::span(record).first(bytes))) {
            fault_ = true;
            return false;
        }
        written_ += bytes;
        left_ -= bytes;
        position = next;
        return true;
    }

    Outcome outcome() const {
        if (written_ != 0) return written_;
        if (fault_) return Errno::fault;
        return too_small_ ? Errno::inval : Outcome(0);
    }
    std::uint64_t position = 0;

private:
    UserMemory& memory_;
    UserAddress const address_;
    std::size_t left_;
    std::size_t written_ = 0;
    bool const old_;
    bool fault_ = false, too_small_ = false;
};

Outcome list(Call& call, bool old) {
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    if (file->path_only()) return Errno::badf;
    Records records(call.task.memory(), call.args[1], call.int_arg(2), old);
    records.position = file->position;
    TRY(file->list(records));
    file->position = records.position;
    notify(*file->location.entry, notify_event::access);
    return records.outcome();
}

Outcome stand_at(Call& call, Location const& at, Actor const& actor) {
    if (!at.folder()) return Errno::notdir;
    TRY(actor.check(at.inode().attributes(), wanted::execute));
    context_of(call).working = at;
    return 0;
}

} // namespace

Outcome getdents64(Call& call) { return list(call, false); }
Outcome getdents(Call& call) { return list(call, true); }

Outcome getcwd(Call& call) {
    auto const& context = context_of(call);
    if (!context.working.entry->alive()) return Errno::noent;
    std::array<char, longest_path> memory;
    auto const path =
        path_of(context.working, context.root, std::span(memory).first(memory.size() - 1), false);
    if (!path) return Errno::nametoolong;
    auto const bytes = path->size() + 1;
    memory.back() = 0;
    if (bytes > call.args[1]) return Errno::range;
    TRY(call.task.memory().copy_out(call.args[0], std::as_bytes(std::span(path->data(), bytes))));
    return bytes;
}

Outcome chdir(Call& call) {
    CallPath path(call);
    auto const at = TRY(path.find(at_flag::working_folder, call.args[0]));
    return stand_at(call, at, path.actor());
}

Outcome fchdir(Call& call) {
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    return stand_at(call, file->location, actor_of(call.task));
}

Outcome chroot(Call& call) {
    CallPath path(call);
    auto const at = TRY(path.find(at_flag::working_folder, call.args[0]));
    if (!at.folder()) return Errno::notdir;
    TRY(path.actor().check(at.inode().attributes(), wanted::execute));
    if (!call.task.identity().can(Identity::sys_chroot)) return Errno::perm;
    context_of(call).root = at;
    return 0;
}

} // namespace personality::calls
