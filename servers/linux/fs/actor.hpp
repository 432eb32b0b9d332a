#pragma once
// Whose rights a file operation is checked against, and the check.

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/attributes.hpp>

#include <cstdint>
#include <span>

namespace personality {

namespace wanted {
constexpr unsigned execute = 1, write = 2, read = 4;
} // namespace wanted

/// The user, group and further groups of file accesses (fsuid and fsgid; the real ones for access).
struct Actor {
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::span<std::uint32_t const> groups{};
    /// Who asks, for links that mean "the one who looks" (/proc/self): 0 for nobody.
    std::int32_t process = 0, thread = 0;
    bool privileged = true; ///< CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_CHOWN and their kind

    bool in_group(std::uint32_t id) const {
        if (id == group) return true;
        for (auto other : groups)
            if (other == id) return true;
        return false;
    }
    bool owns(Attributes const& file) const { return privileged || file.user == user; }

    bool may(Attributes const& file, unsigned mask) const {
        if (privileged) {
            // Even the mightiest runs only what somebody may run; folders may always be searched.
            bool const runnable = file.type == FileType::folder || (file.permissions & 0111) != 0;
            return (mask & wanted::execute) == 0 || runnable;
        }
        unsigned const shift = file.user == user ? 6 : in_group(file.group) ? 3 : 0;
        return (file.permissions >> shift & mask) == mask;
    }
    Result<> check(Attributes const& file, unsigned mask) const {
        if (!may(file, mask)) return fail(Errno::acces);
        return {};
    }
};

} // namespace personality
