#include <formats/boot_archive.hpp>

#include <abi/memory.hpp>

#include <cstring>

namespace boot_archive {

namespace {

using abi::archive::Entry;
using abi::archive::Header;

constexpr std::size_t longest_name = 4095;
constexpr std::size_t longest_part = 255;

constexpr bool within(std::uint64_t first, std::uint64_t bytes, std::uint64_t limit) {
    return first <= limit && bytes <= limit - first;
}

constexpr bool on_page(std::uint64_t value) { return value % abi::page_bytes == 0; }

bool known(Type type) {
    return (type >= Type::program && type <= Type::symbols) ||
           (type >= Type::file && type <= Type::fifo);
}

bool in_file_tree(Type type) { return type >= Type::file; }
bool is_link(Type type) { return type == Type::symlink || type == Type::hard_link; }
bool is_device(Type type) { return type == Type::character_device || type == Type::block_device; }
bool has_data(Type type) { return !in_file_tree(type) || type == Type::file || is_link(type); }

} // namespace

bool plain_path(std::string_view path) {
    if (path == "/") return true;
    if (path.empty() || path.size() > longest_name || path[0] != '/') return false;
    if (path.find('\0') != path.npos) return false;
    while (!path.empty()) {
        path.remove_prefix(1);
        auto const part = path.substr(0, path.find('/'));
        if (part.empty() || part == "." || part == ".." || part.size() > longest_part) return false;
        path.remove_prefix(part.size());
    }
    return true;
}

std::expected<Archive, Problem> Archive::open(Bytes module) {
    Archive archive;
    if (module.size() < sizeof(Header)) return std::unexpected(Problem::too_short);
    std::memcpy(&archive.header_, module.data(), sizeof(Header));
    auto const& header = archive.header_;

    if (header.magic != abi::archive::magic) return std::unexpected(Problem::not_an_archive);
    if (header.version != abi::archive::version) return std::unexpected(Problem::wrong_version);
    if (header.bytes > module.size() || header.bytes < sizeof(Header) || !on_page(header.bytes))
        return std::unexpected(Problem::bad_size);
    archive.bytes_ = module.first(header.bytes);

    if (auto const problem = archive.check_places()) return std::unexpected(*problem);
    if (auto const problem = archive.check_init()) return std::unexpected(*problem);
    for (std::size_t i = 0; i < archive.size(); i++)
        if (auto const problem = archive.check(archive.entry(i))) return std::unexpected(*problem);
    return archive;
}

std::optional<Problem> Archive::check_places() const {
    auto const table = std::uint64_t{header_.entries} * sizeof(Entry);
    if (header_.entries_offset < sizeof(Header) ||
        !within(header_.entries_offset, table, header_.bytes))
        return Problem::misplaced_entries;
    if (!within(header_.names_offset, header_.names_bytes, header_.bytes))
        return Problem::misplaced_names;
    return std::nullopt;
}

std::optional<Problem> Archive::check_init() const {
    if (header_.init_segments > abi::archive::max_init_segments) return Problem::bad_init_segment;
    for (std::size_t i = 0; i < header_.init_segments; i++) {
        auto const& segment = header_.init[i];
        if (!on_page(segment.offset) || !on_page(segment.address) || !on_page(segment.bytes) ||
            !within(segment.offset, segment.bytes, header_.bytes) ||
            !within(segment.address, segment.bytes, abi::user_end))
            return Problem::bad_init_segment;
    }
    return std::nullopt;
}

std::optional<Problem> Archive::check(Entry const& entry) const {
    if (!known(entry.type)) return Problem::unknown_entry_type;
    if ((entry.mode & ~07777u) != 0) return Problem::bad_mode;

    if (!within(entry.name_offset, entry.name_bytes, header_.names_bytes) ||
        entry.name_bytes > longest_name)
        return Problem::bad_name;
    auto const* names = reinterpret_cast<char const*>(bytes_.data() + header_.names_offset);
    std::string_view const name(names + entry.name_offset, entry.name_bytes);
    if (in_file_tree(entry.type) ? !plain_path(name) : name.empty()) return Problem::bad_name;

    if (!within(entry.data_offset, entry.data_bytes, header_.bytes)) return Problem::bad_data;
    if (has_data(entry.type) ? (!is_link(entry.type) && !on_page(entry.data_offset))
                             : entry.data_bytes != 0)
        return Problem::bad_data;
    if (is_link(entry.type)) {
        if (entry.data_bytes == 0 || entry.data_bytes > longest_name) return Problem::bad_data;
        auto const* data = reinterpret_cast<char const*>(bytes_.data() + entry.data_offset);
        std::string_view const target(data, entry.data_bytes);
        if (target.find('\0') != target.npos) return Problem::bad_data;
        if (entry.type == Type::hard_link && !plain_path(target)) return Problem::bad_data;
    }
    // The sizes of Linux's device numbers: 12 and 20 bits.
    if (is_device(entry.type) && (entry.device_major >> 12 != 0 || entry.device_minor >> 20 != 0))
        return Problem::bad_device;
    return std::nullopt;
}

Entry Archive::entry(std::size_t index) const {
    Entry entry;
    std::memcpy(&entry, bytes_.data() + header_.entries_offset + index * sizeof entry,
                sizeof entry);
    return entry;
}

Node Archive::operator[](std::size_t index) const {
    auto const e = entry(index);
    auto const* names = reinterpret_cast<char const*>(bytes_.data() + header_.names_offset);
    return {e.type,
            e.mode,
            e.uid,
            e.gid,
            {names + e.name_offset, e.name_bytes},
            bytes_.subspan(e.data_offset, e.data_bytes),
            e.data_offset,
            e.modified_ns,
            e.device_major,
            e.device_minor};
}

std::optional<Node> Archive::find(Type type, std::string_view name) const {
    for (std::size_t i = 0; i < size(); i++) {
        auto const node = (*this)[i];
        if (node.type == type && node.name == name) return node;
    }
    return std::nullopt;
}

Bytes tail(Bytes module, Archive const& archive) {
    auto const rest = module.subspan(archive.bytes().size());
    std::uint64_t magic = 0;
    if (rest.size() < sizeof(Header)) return {};
    std::memcpy(&magic, rest.data(), sizeof magic);
    return magic == abi::archive::magic ? rest : Bytes{};
}

std::string_view explain(Problem problem) {
    switch (problem) {
    case Problem::too_short: return "shorter than the header of a boot archive";
    case Problem::not_an_archive: return "does not begin as a boot archive";
    case Problem::wrong_version: return "a boot archive of an unknown version";
    case Problem::bad_size: return "the size in the header does not fit the module";
    case Problem::misplaced_entries: return "the table of entries lies outside the archive";
    case Problem::misplaced_names: return "the names lie outside the archive";
    case Problem::bad_init_segment: return "a segment of the first program is out of place";
    case Problem::unknown_entry_type: return "an entry is of no known type";
    case Problem::bad_mode: return "an entry's mode has more than permission bits";
    case Problem::bad_name: return "an entry's name is out of place or no plain absolute path";
    case Problem::bad_data: return "an entry's data is out of place or not what its type has";
    case Problem::bad_device: return "a device number is too large";
    }
    return "unknown problem";
}

} // namespace boot_archive
