#include <servers/linux/process/capabilities.hpp>

namespace personality {

namespace {

constexpr std::uint64_t bit(Identity::Capability capability) {
    return std::uint64_t{1} << capability;
}

/// Those that follow the file-system user.
constexpr std::uint64_t of_files = bit(Identity::chown) | bit(Identity::dac_override) |
                                   bit(Identity::dac_read_search) | bit(Identity::fowner) |
                                   bit(Identity::fsetid) | bit(Identity::linux_immutable) |
                                   bit(Identity::mknod) | bit(Identity::mac_override);

bool any_root(Identity const& identity) {
    return identity.uid == 0 || identity.euid == 0 || identity.suid == 0;
}

} // namespace

void follow_user_ids(Identity& identity, Identity const& old) {
    if (identity.secure(Identity::no_setuid_fixup)) return;
    if (any_root(old) && !any_root(identity)) {
        if (!identity.secure(Identity::keep_capabilities))
            identity.permitted = identity.effective = 0;
        identity.ambient = 0;
    }
    if (old.euid == 0 && identity.euid != 0) identity.effective = 0;
    if (old.euid != 0 && identity.euid == 0) identity.effective = identity.permitted;
}

void follow_file_user(Identity& identity, std::uint32_t old_fsuid) {
    if (identity.secure(Identity::no_setuid_fixup)) return;
    if (old_fsuid == 0 && identity.fsuid != 0) identity.effective &= ~of_files;
    if (old_fsuid != 0 && identity.fsuid == 0) identity.effective |= identity.permitted & of_files;
}

void follow_execution(Identity& identity, bool set_id) {
    bool const mighty = !identity.secure(Identity::no_root);
    bool const as_root = mighty && (identity.euid == 0 || identity.uid == 0);
    if (set_id) identity.ambient = 0;
    identity.permitted =
        (as_root ? identity.bounding | identity.inheritable : 0) | identity.ambient;
    identity.effective = mighty && identity.euid == 0 ? identity.permitted : identity.ambient;
    identity.secure_bits &= ~std::uint32_t{Identity::keep_capabilities};
}

} // namespace personality
