#pragma once
// A boot archive on its way to a file: nodes are collected by path, then laid out and written in
// one pass, so that file data goes from disk to disk and is never held in memory as a whole.

#include <abi/boot_archive.hpp>

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace image {

using Type = abi::archive::EntryType;

/// What an entry holds: nothing, bytes made here, or a file of the host.
struct HostFile {
    std::filesystem::path path;
    std::uint64_t bytes;
};
using Content = std::variant<std::monostate, std::string, HostFile>;

struct Node {
    Type type;
    std::uint32_t mode = 0;
    Content content = {};
    std::uint64_t modified_ns = 0;
    std::uint32_t device_major = 0;
    std::uint32_t device_minor = 0;
    bool implied =
        false; ///< a folder that nobody named: what is in the guest already stays as it is
};

/// A piece of the first program, as it will stand in memory.
struct InitSegment {
    std::uint64_t address;
    std::uint32_t protection;
    std::string bytes;
};

class Archive {
public:
    /// Programs, manifests, symbols: by type and name, which must be new.
    void add_part(Type type, std::string const& name, Node node);
    /// A node of the file tree. A later one of the same path replaces an earlier one; folders that
    /// lead to it are made as needed, and links among them followed (/bin, which is usr/bin).
    void add(std::string const& path, Node node);
    void set_init(std::uint64_t entry, std::vector<InitSegment> segments);

    /// Throws std::runtime_error with a sentence for the user. What the system is made of and the
    /// file tree become an archive each, so that who is given the files sees nothing else.
    void write(std::ostream& out) const;

private:
    std::map<std::pair<Type, std::string>, Node> parts_;
    std::map<std::string, Node> tree_;
    std::uint64_t init_entry_ = 0;
    std::vector<InitSegment> init_;

    std::string followed(std::string path) const;
    void add_parents(std::string const& path);
    void write_tree(std::ostream& out) const;
};

/// A file of the host with its time stamp. Throws if it is no regular file.
Node host_file(std::filesystem::path const& path, std::uint32_t mode);

/// The path as archives have it: absolute, without doubled slashes or one at the end. Throws.
std::string guest_path(std::string const& text);

} // namespace image
