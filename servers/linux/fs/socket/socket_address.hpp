#pragma once
// struct sockaddr as programs hand it over: a family, then what the family makes of it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace personality {

namespace address_family {
constexpr std::uint16_t unspecified = 0, unix_domain = 1, most = 46;
} // namespace address_family

struct SocketAddress {
    static constexpr std::size_t longest = 128; ///< struct sockaddr_storage

    std::array<std::byte, longest> bytes;
    std::uint32_t length = 0;

    std::uint16_t family() const {
        std::uint16_t family = address_family::unspecified;
        if (length >= sizeof family) std::memcpy(&family, bytes.data(), sizeof family);
        return family;
    }
};

} // namespace personality
