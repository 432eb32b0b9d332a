#include <servers/linux/fs/inode.hpp>

#include <servers/linux/fs/entry.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/location.hpp>

namespace personality {

Result<> Inode::change(AttributeChange const&) { return fail(Errno::perm); }
Result<> Inode::resize(std::uint64_t) { return fail(folder() ? Errno::isdir : Errno::inval); }

Result<Ref<File>> Inode::open(OpenRequest const&) { return fail(Errno::nxio); }

Result<Ref<Entry>> Inode::lookup(Entry&, std::string_view, Actor const&) {
    return fail(folder() ? Errno::noent : Errno::notdir);
}
Result<Ref<Entry>> Inode::create(Entry&, std::string_view, NewNode const& node) {
    return fail(node.type == FileType::regular ? Errno::acces : Errno::perm);
}
Result<Ref<Entry>> Inode::create_nameless(Entry&, NewNode const&) { return fail(Errno::opnotsupp); }
Result<Ref<Entry>> Inode::link(Entry&, std::string_view, Ref<Inode>) { return fail(Errno::perm); }
Result<> Inode::remove(Entry&, Entry&) { return fail(Errno::perm); }
Result<> Inode::rename(Entry&, Entry&, std::string_view, Entry*) { return fail(Errno::perm); }
Result<> Inode::exchange(Entry&, Entry&) { return fail(Errno::perm); }
Result<> Inode::list(Entry&, std::uint64_t, Listing&) { return {}; }

Result<std::string_view> Inode::target(std::span<char>, Actor const&) { return fail(Errno::inval); }
std::optional<Result<Location>> Inode::jump(Actor const&) { return std::nullopt; }

} // namespace personality
