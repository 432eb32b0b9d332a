#include <servers/linux/fs/ram/ram_file.hpp>

#include <servers/linux/fs/regular_file.hpp>

namespace personality {

RamFile* RamFile::of(Inode& inode) {
    bool const here =
        inode.type == FileType::regular && inode.volume.statistics().magic == RamVolume::magic;
    return here ? static_cast<RamFile*>(&inode) : nullptr;
}

Result<> RamFile::resize(std::uint64_t bytes) {
    if (bytes < contents->size() && has_seal(seal::shrink)) return fail(Errno::perm);
    if (bytes > contents->size() && has_seal(seal::grow)) return fail(Errno::perm);
    TRY(contents->resize(bytes));
    touch_modified();
    return {};
}

Result<Ref<File>> RamFile::open(OpenRequest const& request) {
    auto file = make<RegularFile>(request.at, request.flags);
    if (!file) return fail(Errno::nomem);
    return file;
}

void RamFile::written(bool keeps_bits) {
    touch_modified();
    if (keeps_bits) return;
    auto& bits = stored().permissions;
    constexpr std::uint16_t group_runs = 010;
    bits &= static_cast<std::uint16_t>(~permission::set_user);
    if ((bits & group_runs) != 0) bits &= static_cast<std::uint16_t>(~permission::set_group);
}

} // namespace personality
