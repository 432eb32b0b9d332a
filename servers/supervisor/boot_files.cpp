#include <servers/supervisor/boot_files.hpp>

#include <servers/supervisor/journal.hpp>

#include <algorithm>

namespace supervisor {

namespace {

using boot_archive::Archive;
using boot_archive::Type;

bool only_files(Archive const& archive) {
    for (std::size_t i = 0; i < archive.size(); i++)
        if (archive[i].type < Type::file) return false;
    return archive.header().init_segments == 0;
}

} // namespace

BootFiles::BootFiles(abi::BootInfo const& info) {
    for (auto const& region :
         std::span(info.region).first(std::min(info.regions, abi::max_boot_regions))) {
        if (region.type != abi::RegionType::module || module_count_ == most_modules) continue;
        runtime::Memory const module(region.cap);
        auto mapping = runtime::map(module, region.bytes, abi::Protection::read);
        if (!mapping) {
            note("a module can't be mapped: {}", mapping.error());
            continue;
        }
        modules_[module_count_] = *std::move(mapping);
        read_module(module, modules_[module_count_++].bytes());
    }
}

void BootFiles::read_module(runtime::Memory module, std::span<std::byte const> bytes) {
    auto const* const begin = bytes.data();
    while (!bytes.empty()) {
        auto const archive = Archive::open(bytes);
        if (!archive) return note("a module: {}", boot_archive::explain(archive.error()));
        add(*archive, module, static_cast<std::uint64_t>(bytes.data() - begin) / abi::page_bytes);
        bytes = boot_archive::tail(bytes, *archive);
    }
}

void BootFiles::add(Archive const& archive, runtime::Memory module, std::uint64_t first_page) {
    if (!only_files(archive)) {
        if (system_count_ < systems_.size())
            systems_[system_count_++] = System{archive, module, first_page};
    } else if (file_archive_count_ < file_archives_.size()) {
        file_archives_[file_archive_count_++] = {module, first_page,
                                                 archive.bytes().size() / abi::page_bytes};
    }
}

std::span<std::byte const> BootFiles::manifest() const {
    for (auto const& system : std::span(systems_).first(system_count_))
        if (auto const node = system->archive.find(Type::manifest, "manifest")) return node->data;
    return {};
}

std::optional<Program> BootFiles::program(std::string_view name) const {
    for (auto const& system : std::span(systems_).first(system_count_)) {
        auto const node = system->archive.find(Type::program, name);
        if (!node) continue;
        Program program{
            node->data, system->module, system->first_page + node->offset / abi::page_bytes, {}};
        if (auto const symbols = system->archive.find(Type::symbols, name))
            program.symbols = protocols::SymbolTable(symbols->data);
        return program;
    }
    return std::nullopt;
}

} // namespace supervisor
