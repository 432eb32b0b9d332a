#pragma once
// One service: the folder /svc/NAME and its files.

#include <servers/linux/fs/svc/svc_volume.hpp>

namespace personality {

constexpr std::uint64_t service_inode(std::uint32_t row, std::uint64_t place) {
    return (static_cast<std::uint64_t>(row) + 1) << 8 | place;
}

class SvcService final : public GeneratedFolder {
public:
    SvcService(SvcVolume& of, std::uint32_t row)
        : GeneratedFolder(of, service_inode(row, 0)), row_(row) {}
    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const& actor) override;
    Result<> list(Entry& here, std::uint64_t position, Listing& listing) override;

private:
    std::uint32_t const row_;
};

} // namespace personality
