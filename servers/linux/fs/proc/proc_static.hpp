#pragma once
// The part of /proc that is always there: files and folders from a table.

#include <servers/linux/fs/proc/proc_volume.hpp>

#include <span>
#include <string_view>

namespace personality {

struct ProcItem {
    std::string_view name;
    /// A file: what it says. None: a link to `target`, or a folder with `children`.
    Result<> (*render)(System& system, Text& text) = nullptr;
    std::span<ProcItem const> children{};
    /// What a write sets, if it may be written.
    Result<> (*accept)(System& system, std::string_view text) = nullptr;
    std::string_view target{};
    /// It is there if the machine has so many processors and one more.
    std::uint32_t processor = 0;
};

/// The folder /proc/sys.
ProcItem const& proc_sys();
/// The folder net of each task.
ProcItem const& proc_net();
/// How many processors programs are told of.
std::uint64_t processor_count(System& system);
/// Everything at the top of /proc but /proc/sys and the programs.
std::span<ProcItem const> proc_items();

class ProcStaticFile final : public GeneratedFile {
public:
    ProcStaticFile(ProcVolume& of, ProcItem const& shown);
    Result<> render(Text& text) override;
    Outcome accept(Call& call, std::string_view text) override;

private:
    ProcItem const& item_;
};

class ProcStaticLink final : public GeneratedNode {
public:
    ProcStaticLink(ProcVolume& of, ProcItem const& shown);
    Result<std::string_view> target(std::span<char>, Actor const&) override { return item_.target; }

private:
    ProcItem const& item_;
};

class ProcStaticFolder final : public GeneratedFolder {
public:
    ProcStaticFolder(ProcVolume& of, ProcItem const& shown);
    Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const& actor) override;
    Result<> list(Entry& here, std::uint64_t position, Listing& listing) override;

private:
    ProcItem const& item_;
};

/// Find `name` among `items` and make its entry: ENOENT.
Result<Ref<Entry>> look_up_item(ProcVolume& volume, Entry& here, std::span<ProcItem const> items,
                                std::string_view name);
/// List `items`, whose first has `first` as its position. False: the listing is full.
bool list_items(ProcVolume& volume, std::span<ProcItem const> items, std::uint64_t first,
                std::uint64_t position, Listing& listing);

} // namespace personality
