#include <servers/linux/fs/descriptor_table.hpp>

#include <servers/linux/fs/inode.hpp>

#include <algorithm>
#include <new>

namespace personality {

DescriptorTable::~DescriptorTable() { close_range(0, most, false); }

Result<Ref<DescriptorTable>> DescriptorTable::copy() const {
    auto table = make<DescriptorTable>();
    if (!table) return fail(Errno::nomem);
    TRY(table->grow(size_));
    for (std::uint32_t i = 0; i < size_; i++) {
        table->slots_[i].file = slots_[i].file;
        table->slots_[i].close_on_exec = slots_[i].close_on_exec;
    }
    table->lowest_free_ = lowest_free_;
    return table;
}

DescriptorTable::Slot* DescriptorTable::slot(std::int32_t fd) const {
    if (fd < 0 || static_cast<std::uint32_t>(fd) >= size_) return nullptr;
    auto& found = slots_[static_cast<std::uint32_t>(fd)];
    return found.file ? &found : nullptr;
}

Result<Ref<File>> DescriptorTable::any_file(std::int32_t fd) const {
    auto const* const found = slot(fd);
    if (found == nullptr) return fail(Errno::badf);
    return found->file;
}

Result<Ref<File>> DescriptorTable::file(std::int32_t fd) const {
    auto const* const found = slot(fd);
    if (found == nullptr || found->file->path_only()) return fail(Errno::badf);
    return found->file;
}

Result<> DescriptorTable::grow(std::uint32_t size) {
    if (size <= size_) return {};
    auto const wider = std::min(most, std::max({size, size_ * 2, std::uint32_t{16}}));
    std::unique_ptr<Slot[]> slots(new (std::nothrow) Slot[wider]);
    if (!slots) return fail(Errno::nomem);
    for (std::uint32_t i = 0; i < size_; i++) slots[i] = std::move(slots_[i]);
    slots_ = std::move(slots);
    size_ = wider;
    return {};
}

Result<> DescriptorTable::can_add(std::uint32_t count, std::uint32_t limit) const {
    limit = std::min(limit, most);
    for (std::uint32_t i = lowest_free_; i < limit && count > 0; i++)
        count -= i >= size_ || !slots_[i].file;
    if (count > 0) return fail(Errno::mfile);
    return {};
}

Result<std::int32_t> DescriptorTable::add(Ref<File> file, bool close_on_exec, std::uint32_t limit,
                                          std::uint32_t lowest) {
    auto fd = std::max(lowest, lowest_free_);
    while (fd < size_ && slots_[fd].file) fd++;
    if (fd >= std::min(limit, most)) return fail(Errno::mfile);
    TRY(grow(fd + 1));
    slots_[fd].file = std::move(file);
    slots_[fd].close_on_exec = close_on_exec;
    if (lowest <= lowest_free_) lowest_free_ = fd + 1;
    return static_cast<std::int32_t>(fd);
}

Result<> DescriptorTable::set(std::int32_t fd, Ref<File> file, bool close_on_exec) {
    auto const index = static_cast<std::uint32_t>(fd);
    TRY(grow(index + 1));
    auto& place = slots_[index];
    auto const old = std::exchange(place.file, std::move(file));
    place.close_on_exec = close_on_exec;
    if (old) closed(*old);
    return {};
}

/// POSIX gives up all of a program's record locks on a file with the first descriptor of it that is
/// closed, whichever that is.
void DescriptorTable::closed(File& file) {
    if (!file.path_only() && !file.inode().record_locks.empty())
        file.inode().record_locks.clear_all(this);
    file.descriptor_closed();
}

void DescriptorTable::vacate(Slot& place, std::uint32_t fd) {
    auto const old = std::exchange(place.file, nullptr);
    lowest_free_ = std::min(lowest_free_, fd);
    closed(*old);
}

Result<> DescriptorTable::close(std::int32_t fd) {
    auto* const found = slot(fd);
    if (found == nullptr) return fail(Errno::badf);
    vacate(*found, static_cast<std::uint32_t>(fd));
    return {};
}

void DescriptorTable::close_range(std::uint32_t first, std::uint32_t last, bool mark) {
    for (auto i = first; i < size_ && i <= last; i++) {
        if (!slots_[i].file) continue;
        if (mark)
            slots_[i].close_on_exec = true;
        else
            vacate(slots_[i], i);
    }
}

void DescriptorTable::close_on_exec() {
    for (std::uint32_t i = 0; i < size_; i++)
        if (slots_[i].file && slots_[i].close_on_exec) vacate(slots_[i], i);
}

Result<bool> DescriptorTable::closes_on_exec(std::int32_t fd) const {
    auto const* const found = slot(fd);
    if (found == nullptr) return fail(Errno::badf);
    return found->close_on_exec;
}

Result<> DescriptorTable::set_closes_on_exec(std::int32_t fd, bool value) {
    auto* const found = slot(fd);
    if (found == nullptr) return fail(Errno::badf);
    found->close_on_exec = value;
    return {};
}

std::int32_t DescriptorTable::next(std::uint32_t from) const {
    for (auto i = from; i < size_; i++)
        if (slots_[i].file) return static_cast<std::int32_t>(i);
    return -1;
}

} // namespace personality
