#include <servers/linux/fs/proc/proc_static.hpp>

#include <servers/linux/fs/generated/text.hpp>

namespace personality {

namespace {

/// Tables do not move, so their addresses tell their lines apart.
std::uint64_t inode_of(ProcItem const& item) {
    return reinterpret_cast<std::uintptr_t>(&item) & 0xffffff;
}

FileType type_of(ProcItem const& item) {
    if (item.render != nullptr) return FileType::regular;
    return item.target.empty() ? FileType::folder : FileType::symlink;
}

bool there(ProcVolume& volume, ProcItem const& item) {
    return item.processor < processor_count(volume.system);
}

} // namespace

ProcStaticFile::ProcStaticFile(ProcVolume& of, ProcItem const& shown)
    : GeneratedFile(of, inode_of(shown), shown.accept != nullptr ? 0644 : 0444), item_(shown) {}

Result<> ProcStaticFile::render(Text& text) {
    return item_.render(static_cast<ProcVolume&>(volume).system, text);
}

Outcome ProcStaticFile::accept(Call&, std::string_view text) {
    if (item_.accept == nullptr) return Errno::io;
    return item_.accept(static_cast<ProcVolume&>(volume).system, text);
}

ProcStaticLink::ProcStaticLink(ProcVolume& of, ProcItem const& shown)
    : GeneratedNode(of, inode_of(shown), FileType::symlink, 0777), item_(shown) {}

ProcStaticFolder::ProcStaticFolder(ProcVolume& of, ProcItem const& shown)
    : GeneratedFolder(of, inode_of(shown)), item_(shown) {}

Result<Ref<Entry>> ProcStaticFolder::lookup(Entry& here, std::string_view name, Actor const&) {
    return look_up_item(static_cast<ProcVolume&>(volume), here, item_.children, name);
}

Result<> ProcStaticFolder::list(Entry&, std::uint64_t position, Listing& listing) {
    list_items(static_cast<ProcVolume&>(volume), item_.children, 2, position, listing);
    return {};
}

Result<Ref<Entry>> look_up_item(ProcVolume& volume, Entry& here, std::span<ProcItem const> items,
                                std::string_view name) {
    for (auto const& item : items) {
        if (item.name != name || !there(volume, item)) continue;
        if (item.render != nullptr) return generate<ProcStaticFile>(here, name, volume, item);
        if (!item.target.empty()) return generate<ProcStaticLink>(here, name, volume, item);
        return generate<ProcStaticFolder>(here, name, volume, item);
    }
    return fail(Errno::noent);
}

bool list_items(ProcVolume& volume, std::span<ProcItem const> items, std::uint64_t first,
                std::uint64_t position, Listing& listing) {
    for (std::size_t i = 0; i < items.size(); i++) {
        if (first + i < position || !there(volume, items[i])) continue;
        if (!listing.add(items[i].name, inode_of(items[i]), type_of(items[i]), first + i + 1))
            return false;
    }
    return true;
}

} // namespace personality
