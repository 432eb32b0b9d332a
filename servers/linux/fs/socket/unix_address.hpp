#pragma once
// The name of a socket of the UNIX domain: a path, or an abstract name, which begins with a zero
// byte and may hold any others.

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/ref.hpp>
#include <servers/linux/fs/socket/socket_address.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace personality {

class UnixAddress final : public Counted {
public:
    static constexpr std::size_t longest = 108; ///< sun_path

    explicit UnixAddress(std::string_view name) : length_(static_cast<std::uint8_t>(name.size())) {
        name.copy(bytes_.data(), name.size());
    }
    /// The name that a program's address holds; a path ends at its zero. EINVAL.
    static Result<std::string_view> name_in(SocketAddress const& address);
    static bool abstract(std::string_view name) { return name.front() == '\0'; }

    std::string_view name() const { return {bytes_.data(), length_}; }
    /// As struct sockaddr_un; no address: a socket without a name.
    static void put(UnixAddress const* address, SocketAddress& to);

private:
    std::uint8_t length_;
    std::array<char, longest> bytes_;
};

} // namespace personality
