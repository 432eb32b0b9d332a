#include <servers/linux/fs/terminal/pts_volume.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/terminal/master_file.hpp>
#include <servers/linux/fs/terminal/terminal_file.hpp>

#include <array>
#include <charconv>

namespace personality {

namespace {

constexpr std::uint64_t root_number = 1, ptmx_number = 2, first_slave = 3;

/// /dev/pts/N. Nodes are made anew at each lookup; what they tell is the pair's.
class SlaveNode final : public Inode {
public:
    SlaveNode(PtsVolume& of, Ref<PseudoTerminal> stands_for)
        : Inode(of, first_slave + stands_for->number, FileType::character_device),
          pair_(std::move(stands_for)) {}

    Attributes attributes() const override {
        auto const now = volume.now();
        return {.type = type,
                .permissions = pair_->permissions,
                .user = pair_->user,
                .group = pair_->group,
                .device = pair_->terminal->number,
                .accessed = now,
                .modified = now,
                .changed = pair_->changed,
                .born = pair_->born};
    }
    Result<> change(AttributeChange const& change) override {
        if (change.permissions) pair_->permissions = *change.permissions;
        if (change.user) pair_->user = *change.user;
        if (change.group) pair_->group = *change.group;
        pair_->changed = volume.now();
        return {};
    }
    Result<Ref<File>> open(OpenRequest const& request) override {
        if (!pair_->master_open() || pair_->locked) return fail(Errno::io);
        return TerminalFile::open(pair_->terminal, request, true);
    }

private:
    Ref<PseudoTerminal> const pair_;
};

/// /dev/pts/ptmx, which makes pseudo-terminals as /dev/ptmx does. As Linux mounts it by default,
/// nobody but the mighty may open it.
class PtmxNode final : public GeneratedNode {
public:
    explicit PtmxNode(PtsVolume& of)
        : GeneratedNode(of, ptmx_number, FileType::character_device, 0) {}
    Attributes attributes() const override {
        auto result = GeneratedNode::attributes();
        result.device = {5, 2};
        return result;
    }
    Result<Ref<File>> open(OpenRequest const& request) override {
        return MasterFile::open(static_cast<PtsVolume&>(volume).table, request);
    }
};

class PtsRoot final : public GeneratedFolder {
public:
    explicit PtsRoot(PtsVolume& of) : GeneratedFolder(of, root_number, 0755) {}

    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const&) override {
        auto& pts = static_cast<PtsVolume&>(volume);
        if (name == "ptmx") return generate<PtmxNode>(here, name, pts);
        std::uint32_t number = 0;
        auto const* const end = name.data() + name.size();
        auto const parsed = std::from_chars(name.data(), end, number);
        bool const plain = parsed.ec == std::errc() && parsed.ptr == end &&
                           (name == "0" || !name.starts_with('0'));
        auto* const pair = plain ? pts.table.find(number) : nullptr;
        if (pair == nullptr) return fail(Errno::noent);
        return generate<SlaveNode>(here, name, pts, Ref(pair));
    }

    Result<Ref<Entry>> create(Entry&, std::string_view, NewNode const&) override {
        return fail(Errno::perm);
    }

    Result<> list(Entry&, std::uint64_t position, Listing& listing) override {
        auto const& table = static_cast<PtsVolume&>(volume).table;
        // Behind ptmx stands position 3, behind the slave N position N + 4.
        if (position <= 2 && !listing.add("ptmx", ptmx_number, FileType::character_device, 3))
            return {};
        auto number = table.next(position > 3 ? static_cast<std::uint32_t>(position - 3) : 0);
        for (; number < PseudoTerminals::most; number = table.next(number + 1)) {
            std::array<char, 16> memory;
            auto* const end =
                std::to_chars(memory.data(), memory.data() + memory.size(), number).ptr;
            std::string_view const name(memory.data(),
                                        static_cast<std::size_t>(end - memory.data()));
            if (!listing.add(name, first_slave + number, FileType::character_device,
                             std::uint64_t{number} + 4))
                break;
        }
        return {};
    }
};

} // namespace

Result<Ref<Entry>> PtsVolume::make_root() {
    auto root = make<PtsRoot>(*this);
    if (!root) return fail(Errno::nomem);
    return Entry::create(nullptr, "", std::move(root));
}

Result<> mount_pts(FileSystem& files) {
    auto const volume = make<PtsVolume>(files.environment, files.memory, files.next_minor(),
                                        files.devices.pseudo_terminals);
    if (!volume) return fail(Errno::nomem);
    auto root = TRY(volume->make_root());
    files.pts = TRY(files.mount(std::move(root), "/dev/pts", "devpts"));
    files.pts->flags.no_set_id = files.pts->flags.no_exec = true;
    return {};
}

Result<Location> find_slave(FileSystem& files, std::uint32_t number) {
    if (!files.pts) return fail(Errno::noent);
    std::array<char, 16> memory;
    auto* const end = std::to_chars(memory.data(), memory.data() + memory.size(), number).ptr;
    auto& root = *files.pts->root;
    std::string_view const name(memory.data(), static_cast<std::size_t>(end - memory.data()));
    return Location{files.pts, TRY(root.inode().lookup(root, name, Actor{}))};
}

} // namespace personality
