#pragma once
// What the descriptors of a program stand for. Tasks share a table (CLONE_FILES) or have copies.

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/ref.hpp>

#include <cstdint>
#include <memory>

namespace personality {

class DescriptorTable final : public Counted {
public:
    /// What no limit can lift: the memory of one table is bounded.
    static constexpr std::uint32_t most = 1 << 16;

    DescriptorTable() = default;
    ~DescriptorTable() override;
    /// For fork: the same files. ENOMEM.
    Result<Ref<DescriptorTable>> copy() const;

    /// The file of a descriptor, not one opened for its path only: EBADF.
    Result<Ref<File>> file(std::int32_t fd) const;
    /// The same, O_PATH included.
    Result<Ref<File>> any_file(std::int32_t fd) const;

    /// The lowest free descriptor from `lowest` on, below `limit`: EMFILE. ENOMEM.
    Result<std::int32_t> add(Ref<File> file, bool close_on_exec, std::uint32_t limit,
                             std::uint32_t lowest = 0);
    /// Whether `add` would find a place, so that what is to be undone is not begun.
    Result<> can_add(std::uint32_t count, std::uint32_t limit) const;
    /// Put a file at `fd`; what was there is closed.
    Result<> set(std::int32_t fd, Ref<File> file, bool close_on_exec);
    Result<> close(std::int32_t fd);
    /// Close [first, last]; or, with `mark`, only set close-on-exec.
    void close_range(std::uint32_t first, std::uint32_t last, bool mark);
    void close_on_exec();

    Result<bool> closes_on_exec(std::int32_t fd) const;
    Result<> set_closes_on_exec(std::int32_t fd, bool value);

    /// The first descriptor in use from `from` on, or -1.
    std::int32_t next(std::uint32_t from) const;
    std::uint32_t capacity() const { return size_; }

private:
    struct Slot {
        Ref<File> file;
        bool close_on_exec = false;
    };
    std::unique_ptr<Slot[]> slots_;
    std::uint32_t size_ = 0;
    std::uint32_t lowest_free_ = 0; ///< none is free below

    Slot* slot(std::int32_t fd) const;
    Result<> grow(std::uint32_t size);
    void vacate(Slot& place, std::uint32_t fd);
    void closed(File& file);
};

} // namespace personality
