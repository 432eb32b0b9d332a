#pragma once
// Inodes that hold nothing: what they show is put together when somebody looks (/proc, /svc).

#include <servers/linux/fs/inode.hpp>
#include <servers/linux/outcome.hpp>

namespace personality {

class Call;
class Task;
class Text;

class GeneratedNode : public Inode {
public:
    GeneratedNode(Volume& of, std::uint64_t inode_number, FileType kind, std::uint16_t bits)
        : Inode(of, inode_number, kind), permissions_(bits) {}

    Attributes attributes() const override;
    void set_owner(std::uint32_t user, std::uint32_t group) { user_ = user, group_ = group; }

private:
    std::uint16_t const permissions_;
    std::uint32_t user_ = 0, group_ = 0;
};

/// A folder of such nodes.
class GeneratedFolder : public GeneratedNode {
public:
    GeneratedFolder(Volume& of, std::uint64_t inode_number, std::uint16_t bits = 0555)
        : GeneratedNode(of, inode_number, FileType::folder, bits) {}
    Result<Ref<File>> open(OpenRequest const& request) override;
    bool empty() const override { return false; }
    /// As /proc does in Linux, where looking for a name that is not there already ends in this.
    Result<Ref<Entry>> create(Entry&, std::string_view, NewNode const&) override {
        return fail(Errno::noent);
    }
};

/// A file whose text is made when it is read from its beginning.
class GeneratedFile : public GeneratedNode {
public:
    GeneratedFile(Volume& of, std::uint64_t inode_number, std::uint16_t bits)
        : GeneratedNode(of, inode_number, FileType::regular, bits) {}
    Result<Ref<File>> open(OpenRequest const& request) override;
    Result<> resize(std::uint64_t) override { return {}; } // `>` opens with O_TRUNC

    virtual Result<> render(Text& text) = 0;
    /// What a write of `text` does: one write is one word, its newline left out. 0, an error, or
    /// `blocked`; progress[2] and above are its own.
    virtual Outcome accept(Call& call, std::string_view text);
};

/// A volume of such nodes.
class GeneratedVolume : public Volume {
public:
    GeneratedVolume(Environment& of, SmallMemory& pieces, std::uint32_t minor,
                    std::string_view kind, std::uint64_t magic_number)
        : Volume(of, pieces, minor, kind), magic_(magic_number) {}
    VolumeStatistics statistics() const override { return {.magic = magic_}; }

private:
    std::uint64_t const magic_;
};

/// A new entry for a new inode.
template <class Node, class... Arguments>
Result<Ref<Entry>> generate(Entry& here, std::string_view name, Arguments&&... arguments);

} // namespace personality

#include <servers/linux/fs/entry.hpp>

namespace personality {

template <class Node, class... Arguments>
Result<Ref<Entry>> generate(Entry& here, std::string_view name, Arguments&&... arguments) {
    auto node = make<Node>(std::forward<Arguments>(arguments)...);
    if (!node) return fail(Errno::nomem);
    return Entry::create(&here, name, std::move(node));
}

} // namespace personality
