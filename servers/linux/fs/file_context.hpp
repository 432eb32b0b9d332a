#pragma once
// Where a program stands in the file tree: its root, its working folder and its umask. Tasks share
// one (CLONE_FS) or have copies.

#include <servers/linux/fs/location.hpp>

namespace personality {

class FileContext final : public Counted {
public:
    FileContext(Location top, Location here) : root(std::move(top)), working(std::move(here)) {}
    FileContext(FileContext const& other)
        : Counted(), root(other.root), working(other.working), umask(other.umask) {}

    Location root;
    Location working;
    std::uint16_t umask = 022;
};

} // namespace personality
