#pragma once
// The ways in which something gets into the file tree of an archive: what the command line and the
// lists say, one function each. All throw std::runtime_error with a sentence for the user.

#include <tools/image/archive.hpp>

#include <optional>

namespace image {

/// A file of the host, with the mode given or the one it has there.
void add_file(Archive& archive, std::string const& guest, std::filesystem::path const& host,
              std::optional<std::uint32_t> mode = {});

/// A folder of the host with all it holds: modes, links, devices and time stamps kept, owners not
/// (everything is root's). Sockets are passed over.
void add_tree(Archive& archive, std::string const& guest, std::filesystem::path const& host);

void add_folder(Archive& archive, std::string const& guest, std::uint32_t mode);
void add_symlink(Archive& archive, std::string const& guest, std::string const& target);
void add_hard_link(Archive& archive, std::string const& guest, std::string const& target);

/// `kind` is c, b or p (then without numbers).
void add_device(Archive& archive, std::string const& guest, char kind, std::uint32_t major,
                std::uint32_t minor, std::uint32_t mode);

/// A symbolic link to `guest` for each applet that the busybox `host` lists.
void add_applets(Archive& archive, std::string const& guest, std::filesystem::path const& host);

/// Permission bits as text: octal, at most 7777.
std::uint32_t permission_bits(std::string const& text);

} // namespace image
