// Record locks and flock.

#include <servers/linux/fs/calls_lock.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/calls.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/system.hpp>

#include <limits>

namespace personality {

namespace {

enum class Kind : std::int16_t { read = 0, write = 1, unlock = 2 };

struct LockWords { // struct flock
    std::int16_t type;
    std::int16_t whence;
    std::int32_t padding;
    std::int64_t start, length;
    std::int32_t pid;
    std::int32_t tail;
};
static_assert(sizeof(LockWords) == 32);

constexpr std::uint64_t to_the_end = std::numeric_limits<std::uint64_t>::max();

void const* owner_of(Call& call, File& file, LockOwner owner) {
    return owner == LockOwner::process ? static_cast<void const*>(call.task.descriptors.get())
                                       : &file;
}

Result<RecordLock> read_lock(Call& call, File& file, LockOwner owner, LockWords const& words) {
    std::int64_t base = 0;
    if (words.whence == 1)
        base = static_cast<std::int64_t>(file.position);
    else if (words.whence == 2)
        base = static_cast<std::int64_t>(file.inode().attributes().size);
    else if (words.whence != 0)
        return fail(Errno::inval);
    std::int64_t start;
    if (__builtin_add_overflow(base, words.start, &start)) return fail(Errno::overflow);
    if (start < 0) return fail(Errno::inval);
    std::int64_t end;
    if (__builtin_add_overflow(start, words.length, &end)) return fail(Errno::overflow);
    if (words.length < 0) std::swap(start, end);
    if (start < 0) return fail(Errno::inval);
    RecordLock lock{.first = static_cast<std::uint64_t>(start),
                    .exclusive = words.type == static_cast<std::int16_t>(Kind::write),
                    .owner = owner_of(call, file, owner),
                    .process = owner == LockOwner::process ? call.task.process.pid : -1};
    if (words.length != 0) lock.last = static_cast<std::uint64_t>(end) - 1;
    return lock;
}

// A call that waits for a lock says in its progress who waits for whom.
constexpr std::size_t waiting = 4, holding = 5;
std::uint64_t word(void const* owner) { return reinterpret_cast<std::uintptr_t>(owner); }

/// Whom the owner of locks waits for: null, if for nobody.
std::uint64_t awaited_by(System& system, std::uint64_t owner) {
    constexpr std::uint64_t fcntl_number = 72;
    std::uint64_t found = 0;
    for (auto* process = system.tasks.first(); process != nullptr && found == 0;
         process = process->next_process) {
        for (auto& task : process->tasks) {
            bool const waits =
                task.state == Task::State::blocked && task.call.number == fcntl_number;
            if (waits && task.call.progress[waiting] == owner) found = task.call.progress[holding];
        }
    }
    return found;
}

/// Whether `holder` waits, by way of others, for `owner`. As in Linux a long chain counts as none.
bool ends_in_circle(Call& call, void const* owner, void const* holder) {
    constexpr int longest_chain = 10;
    auto at = word(holder);
    for (int i = 0; i < longest_chain && at != 0; i++) {
        if (at == word(owner)) return true;
        at = awaited_by(call.task.system(), at);
    }
    return false;
}

Result<LockWords> load_words(Call& call, LockOwner owner) {
    auto const words = TRY(call.task.memory().load<LockWords>(call.args[2]));
    bool const known = words.type >= 0 && words.type <= static_cast<std::int16_t>(Kind::unlock);
    if (!known || (owner == LockOwner::open_file && words.pid != 0)) return fail(Errno::inval);
    return words;
}

} // namespace

Outcome query_lock(Call& call, File& file, LockOwner owner) {
    auto words = TRY(load_words(call, owner));
    if (words.type == static_cast<std::int16_t>(Kind::unlock)) return Errno::inval;
    auto const wanted = TRY(read_lock(call, file, owner, words));
    auto const* const found = file.inode().record_locks.conflict(wanted);
    if (found == nullptr) {
        words.type = static_cast<std::int16_t>(Kind::unlock);
    } else {
        words.type = static_cast<std::int16_t>(found->exclusive ? Kind::write : Kind::read);
        words.whence = 0;
        words.start = static_cast<std::int64_t>(found->first);
        words.length = found->last == to_the_end
                           ? 0
                           : static_cast<std::int64_t>(found->last - found->first + 1);
        words.pid = found->process;
    }
    return call.task.memory().store(call.args[2], words);
}

Outcome set_lock(Call& call, File& file, LockOwner owner, bool wait) {
    auto const words = TRY(load_words(call, owner));
    auto const wanted = TRY(read_lock(call, file, owner, words));
    auto const kind = static_cast<Kind>(words.type);
    if (kind == Kind::read && !file.readable()) return Errno::badf;
    if (kind == Kind::write && !file.writable()) return Errno::badf;
    auto& locks = file.inode().record_locks;
    if (kind == Kind::unlock) return locks.clear(wanted.first, wanted.last, wanted.owner);
    if (locks.conflict(wanted) == nullptr) return locks.set(wanted);
    if (!wait) return Errno::again;
    if (owner == LockOwner::process) {
        auto const* const holder = locks.conflict(wanted)->owner;
        if (ends_in_circle(call, wanted.owner, holder)) return Errno::deadlk;
        call.progress[waiting] = word(wanted.owner);
        call.progress[holding] = word(holder);
    }
    TRY(call.watch(locks.released));
    return call.block(Errno::restart_sys);
}

namespace calls {

Outcome flock(Call& call) {
    constexpr std::uint32_t shared = 1, exclusive = 2, nonblocking = 4, unlock = 8, mandatory = 32;
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    if (file->path_only()) return Errno::badf;
    if ((call.int_arg(1) & mandatory) != 0) return 0; // given up in Linux 5.15, and answered so
    auto const operation = call.int_arg(1) & ~nonblocking;
    auto& locks = file->inode().whole_locks;
    switch (operation) {
    case unlock: locks.unlock(file.get()); return 0;
    case shared:
    case exclusive: break;
    default: return Errno::inval;
    }
    auto const locked = locks.lock(file.get(), operation == exclusive);
    if (locked || locked.error() != Errno::again) return locked;
    if ((call.int_arg(1) & nonblocking) != 0) return Errno::again;
    TRY(call.watch(locks.released()));
    return call.block(Errno::restart_sys);
}

} // namespace calls

} // namespace personality
