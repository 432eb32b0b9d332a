#include <servers/linux/fs/svc/svc_volume.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/svc/svc_service.hpp>

namespace personality {

namespace {

class SvcRoot final : public GeneratedFolder {
public:
    explicit SvcRoot(SvcVolume& of) : GeneratedFolder(of, 1) {}

    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const&) override {
        auto& svc = static_cast<SvcVolume&>(volume);
        auto const row = svc.link.client().find(name);
        if (!row) return fail(Errno::noent);
        return generate<SvcService>(here, name, svc, *row);
    }

    Result<> list(Entry&, std::uint64_t position, Listing& listing) override {
        auto& client = static_cast<SvcVolume&>(volume).link.client();
        for (auto i = static_cast<std::uint32_t>(position - 2); i < client.rows(); i++) {
            auto const row = client.row(i);
            if (!row) continue;
            if (!listing.add(protocols::view(row->name), service_inode(i, 0), FileType::folder,
                             i + 3))
                break;
        }
        return {};
    }
};

} // namespace

Result<Ref<Entry>> SvcVolume::make_root() {
    auto root = make<SvcRoot>(*this);
    if (!root) return fail(Errno::nomem);
    return Entry::create(nullptr, "", std::move(root));
}

Result<> mount_svc(FileSystem& files, ServiceLink& link) {
    auto const volume = make<SvcVolume>(link, files.environment, files.memory, files.next_minor());
    if (!volume) return fail(Errno::nomem);
    auto root = TRY(volume->make_root());
    TRY(files.mount(std::move(root), "/svc", "svc"));
    return {};
}

} // namespace personality
