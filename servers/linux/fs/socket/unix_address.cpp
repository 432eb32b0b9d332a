#include <servers/linux/fs/socket/unix_address.hpp>

namespace personality {

Result<std::string_view> UnixAddress::name_in(SocketAddress const& address) {
    constexpr std::size_t family_bytes = sizeof(std::uint16_t);
    if (address.length <= family_bytes || address.length > family_bytes + longest ||
        address.family() != address_family::unix_domain)
        return fail(Errno::inval);
    std::string_view const name(reinterpret_cast<char const*>(address.bytes.data()) + family_bytes,
                                address.length - family_bytes);
    return abstract(name) ? name : name.substr(0, name.find('\0'));
}

void UnixAddress::put(UnixAddress const* address, SocketAddress& to) {
    auto const family = address_family::unix_domain;
    std::memcpy(to.bytes.data(), &family, sizeof family);
    to.length = sizeof family;
    if (address == nullptr) return;
    auto const name = address->name();
    std::memcpy(to.bytes.data() + sizeof family, name.data(), name.size());
    to.length += static_cast<std::uint32_t>(name.size());
    // A path is told with its zero.
    if (!abstract(name)) to.bytes[to.length++] = std::byte{0};
}

} // namespace personality
