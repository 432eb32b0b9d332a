#pragma once
// Reads boot archives (abi/boot_archive.hpp) without trusting them: `Archive::open` checks every
// offset, name and size once, and what it hands out afterwards lies inside the archive. Archives
// follow one another in a module; `tail` leads to the next.
//
// In every archive made by tools/image, folders come before what they hold, and hard links last.

#include <abi/boot_archive.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

namespace boot_archive {

using Bytes = std::span<std::byte const>;
using Type = abi::archive::EntryType;

enum class Problem : std::uint32_t {
    too_short,
    not_an_archive,
    wrong_version,
    bad_size,
    misplaced_entries,
    misplaced_names,
    bad_init_segment,
    unknown_entry_type,
    bad_mode,
    bad_name,
    bad_data,
    bad_device,
};

/// One sentence for a person.
std::string_view explain(Problem problem);

/// One thing in an archive. Its views live as long as the archive's bytes.
struct Node {
    Type type;
    std::uint32_t mode; ///< permission bits, 07777
    std::uint32_t uid;
    std::uint32_t gid;
    std::string_view name; ///< of file-tree nodes: an absolute path, plain (no "//", ".", "..")
    Bytes data;
    std::uint64_t offset; ///< of the data in the archive; page-aligned for programs and files
    std::uint64_t modified_ns;
    std::uint32_t device_major;
    std::uint32_t device_minor;

    /// The data of a link, or another text.
    std::string_view text() const {
        return {reinterpret_cast<char const*>(data.data()), data.size()};
    }
};

class Archive {
public:
    /// Checks the archive at the beginning of `module`, which may go on after it.
    static std::expected<Archive, Problem> open(Bytes module);

    std::size_t size() const { return header_.entries; }
    /// `index` is below size().
    Node operator[](std::size_t index) const;
    /// The first entry of this type and name.
    std::optional<Node> find(Type type, std::string_view name) const;

    abi::archive::Header const& header() const { return header_; }
    Bytes bytes() const { return bytes_; }

private:
    abi::archive::Header header_{};
    Bytes bytes_;

    abi::archive::Entry entry(std::size_t index) const;
    std::optional<Problem> check_places() const;
    std::optional<Problem> check_init() const;
    std::optional<Problem> check(abi::archive::Entry const& entry) const;
};

/// What follows an archive in its module: empty, or something that may be the next archive. A
/// loader may pad the module, so bytes that don't begin as an archive end the row silently.
Bytes tail(Bytes module, Archive const& archive);

/// True if the path is absolute and has no empty, "." or ".." part, no zero byte, and no slash at
/// its end; "/" itself counts.
bool plain_path(std::string_view path);

} // namespace boot_archive
