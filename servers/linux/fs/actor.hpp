#pragma once
// Whose rights a file operation is checked against, and the check.

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/attributes.hpp>
#include <servers/linux/identity.hpp>

#include <cstdint>
#include <span>

namespace personality {

namespace wanted {
constexpr unsigned execute = 1, write = 2, read = 4;
} // namespace wanted

/// The user, group and further groups of file accesses (fsuid and fsgid; the real ones for access).
/// What nobody has filled in is the server itself, which may do all.
struct Actor {
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::span<std::uint32_t const> groups{};
    /// Who asks, for links that mean "the one who looks" (/proc/self): 0 for nobody.
    std::int32_t process = 0, thread = 0;
    std::uint64_t capabilities = Identity::all;

    bool can(Identity::Capability what) const { return (capabilities >> what & 1) != 0; }
    bool in_group(std::uint32_t id) const {
        if (id == group) return true;
        for (auto other : groups)
            if (other == id) return true;
        return false;
    }
    bool owns(Access const& file) const { return file.user == user || can(Identity::fowner); }

    bool may(Access const& file, unsigned mask) const {
        unsigned const shift = file.user == user ? 6 : in_group(file.group) ? 3 : 0;
        if ((file.permissions >> shift & mask) == mask) return true;
        if (file.type == FileType::folder) {
            bool const looks = (mask & wanted::write) == 0;
            return can(Identity::dac_override) || (looks && can(Identity::dac_read_search));
        }
        // Even the mightiest runs only what somebody may run.
        bool const runnable = (mask & wanted::execute) == 0 || (file.permissions & 0111) != 0;
        return (runnable && can(Identity::dac_override)) ||
               (mask == wanted::read && can(Identity::dac_read_search));
    }
    Result<> check(Access const& file, unsigned mask) const {
        if (!may(file, mask)) return fail(Errno::acces);
        return {};
    }
};

} // namespace personality
