#pragma once
// A folder of the in-memory file system: its entries in a table by name, and in the order of
// their making for listings.

#include <servers/linux/fs/entry.hpp>
#include <servers/linux/fs/name_table.hpp>
#include <servers/linux/fs/ram/ram_node.hpp>

#include <base/list.hpp>

namespace personality {

class RamFolder final : public RamNode {
public:
    RamFolder(RamVolume& of, NewNode const& node);

    Attributes attributes() const override;
    Result<Ref<File>> open(OpenRequest const& request) override;
    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const& actor) override;
    Result<Ref<Entry>> create(Entry& here, std::string_view name, NewNode const& node) override;
    Result<Ref<Entry>> create_nameless(Entry& here, NewNode const& node) override;
    Result<Ref<Entry>> link(Entry& here, std::string_view name, Ref<Inode> inode) override;
    Result<> remove(Entry& here, Entry& child) override;
    Result<> rename(Entry& child, Entry& to, std::string_view name, Entry* replaced) override;
    Result<> exchange(Entry& child, Entry& other) override;
    bool empty() const override { return table_.size() == 0; }
    Result<> list(Entry& here, std::uint64_t position, Listing& listing) override;

    /// Enter an inode that was made for this place.
    Result<Ref<Entry>> adopt(Entry& here, std::string_view name, Ref<RamNode> inode);
    std::size_t size() const { return table_.size(); }
    /// Any entry, or null: for taking the tree apart.
    Entry* any() { return empty() ? nullptr : &order_.front(); }

protected:
    ~RamFolder() override;

private:
    static constexpr std::uint64_t first_cookie = 2; // 0 and 1 are `.` and `..`
    using Order = base::List<Entry, &Entry::order>;

    NameTable table_;
    std::uint64_t next_cookie_ = first_cookie;
    Order order_;

    /// The folder holds a reference to each of its entries.
    void insert(Entry& entry);
    void take_out(Entry& entry);
};

} // namespace personality
