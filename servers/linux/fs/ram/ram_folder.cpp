#include <servers/linux/fs/ram/ram_folder.hpp>

#include <servers/linux/fs/folder_file.hpp>

#include <array>
#include <charconv>

namespace personality {

namespace {

/// Reading it is noted as its mount wants that.
class RamFolderFile final : public FolderFile {
public:
    using FolderFile::FolderFile;
    Result<> list(Listing& listing) override {
        TRY(FolderFile::list(listing));
        if ((flags & open_flag::no_access_time) == 0) RamNode::touch_accessed(location);
        return {};
    }
};

} // namespace

RamFolder::RamFolder(RamVolume& of, NewNode const& node) : RamNode(of, node) {
    stored().links = 2;
    name_table = &table_;
}

RamFolder::~RamFolder() {
    while (!empty()) take_out(order_.front());
}

Attributes RamFolder::attributes() const {
    auto attributes = RamNode::attributes();
    attributes.size = 40 + size() * 20; // as tmpfs counts; programs only look whether it changes
    return attributes;
}

Result<Ref<File>> RamFolder::open(OpenRequest const& request) {
    auto file = make<RamFolderFile>(request.at, request.flags);
    if (!file) return fail(Errno::nomem);
    return file;
}

void RamFolder::insert(Entry& entry) {
    entry.retain();
    table_.insert(entry);
    entry.cookie = next_cookie_++;
    order_.push_back(entry);
    if (entry.inode().folder()) stored().links++;
}

void RamFolder::take_out(Entry& entry) {
    table_.remove(entry);
    Order::remove(entry);
    if (entry.inode().folder()) stored().links--;
    entry.release();
}

Result<Ref<Entry>> RamFolder::lookup(Entry&, std::string_view name, Actor const&) {
    auto* const entry = table_.find(name, Entry::hash_of(name));
    if (entry == nullptr) return fail(Errno::noent);
    return Ref(entry);
}

Result<Ref<Entry>> RamFolder::create(Entry& here, std::string_view name, NewNode const& node) {
    return adopt(here, name, TRY(RamNode::create_node(ram(), node)));
}

Result<Ref<Entry>> RamFolder::create_nameless(Entry& here, NewNode const& node) {
    auto inode = TRY(RamNode::create_node(ram(), node));
    inode->stored().links = 0;
    std::array<char, 24> name{'#'};
    auto* const end = std::to_chars(name.data() + 1, name.end(), inode->number).ptr;
    auto entry = TRY(Entry::create(
        &here, {name.data(), static_cast<std::size_t>(end - name.data())}, std::move(inode)));
    entry->detach();
    return entry;
}

Result<Ref<Entry>> RamFolder::adopt(Entry& here, std::string_view name, Ref<RamNode> inode) {
    auto entry = TRY(Entry::create(&here, name, std::move(inode)));
    insert(*entry);
    touch_modified();
    return entry;
}

Result<Ref<Entry>> RamFolder::link(Entry& here, std::string_view name, Ref<Inode> inode) {
    auto entry = TRY(Entry::create(&here, name, inode));
    auto& node = static_cast<RamNode&>(*inode);
    node.stored().links++;
    node.touch_changed();
    insert(*entry);
    touch_modified();
    return entry;
}

Result<> RamFolder::remove(Entry&, Entry& child) {
    Ref<Entry> const keep(&child);
    auto& node = static_cast<RamNode&>(child.inode());
    node.stored().links -= node.folder() ? 2 : 1;
    node.touch_changed();
    take_out(child);
    child.detach();
    touch_modified();
    return {};
}

Result<> RamFolder::rename(Entry& child, Entry& to, std::string_view name, Entry* replaced) {
    Ref<Entry> const keep(&child);
    auto& target = static_cast<RamFolder&>(to.inode());
    // The one step that can fail comes first, while the old place still knows the old hash.
    take_out(child);
    if (auto const moved = child.move(to, name); !moved) {
        insert(child);
        return moved;
    }
    if (replaced != nullptr) static_cast<void>(target.remove(to, *replaced));
    target.insert(child);
    static_cast<RamNode&>(child.inode()).touch_changed();
    touch_modified();
    target.touch_modified();
    return {};
}

Result<> RamFolder::exchange(Entry& child, Entry& other) {
    Ref<Entry> const keep_child(&child), keep_other(&other);
    auto& target = static_cast<RamFolder&>(other.parent()->inode());
    take_out(child);
    target.take_out(other);
    Entry::exchange(child, other);
    target.insert(child);
    insert(other);
    static_cast<RamNode&>(child.inode()).touch_changed();
    static_cast<RamNode&>(other.inode()).touch_changed();
    touch_modified();
    target.touch_modified();
    return {};
}

Result<> RamFolder::list(Entry&, std::uint64_t position, Listing& listing) {
    for (auto& entry : order_) {
        if (entry.cookie < position) continue;
        auto const& inode = entry.inode();
        if (!listing.add(entry.name(), inode.number, inode.type, entry.cookie + 1)) break;
    }
    return {};
}

} // namespace personality
