#pragma once
// Puts what boot archives hold into the file tree. Contents stay where they are in the archive.

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/location.hpp>

#include <formats/boot_archive.hpp>

#include <cstddef>
#include <span>

namespace personality {

class FileSystem;

class ArchiveFiller {
public:
    explicit ArchiveFiller(FileSystem& files) : files_(files) {}

    /// All archives of a module, one after another. Returns how many nodes had no place.
    Result<std::size_t> fill(std::span<std::byte const> module);
    /// One node: what is there under its name is replaced, unless both are folders.
    Result<> add(boot_archive::Node const& node);

private:
    FileSystem& files_;

    Result<> add_file(Location const& folder, std::string_view name,
                      boot_archive::Node const& node);
    Result<> add_link(Location const& folder, std::string_view name,
                      boot_archive::Node const& node);
};

} // namespace personality
