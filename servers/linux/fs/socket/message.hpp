#pragma once
// What one send hands to a socket and one receive takes from it, beside the bytes.

#include <servers/linux/fs/ref.hpp>
#include <servers/linux/fs/socket/file_bundle.hpp>
#include <servers/linux/fs/socket/socket_address.hpp>
#include <servers/linux/user_buffer.hpp>

#include <cstdint>

namespace personality {

namespace message_flag { // MSG_*
constexpr std::uint32_t out_of_band = 0x1, peek = 0x2, control_truncated = 0x8, truncated = 0x20,
                        dont_wait = 0x40, end_of_record = 0x80, wait_all = 0x100,
                        no_signal = 0x4000, wait_for_one = 0x1'0000, close_on_exec = 0x4000'0000;
} // namespace message_flag

/// Who sends (struct ucred).
struct Credentials {
    std::int32_t process = 0;
    std::uint32_t user = 65534, group = 65534; ///< nobody one knows
    bool operator==(Credentials const&) const = default;
};

struct Outgoing {
    UserBuffer& bytes;
    std::uint32_t flags = 0;
    SocketAddress const* to = nullptr;
    Ref<FileBundle> files{};
    Credentials from{}; ///< valid with `credentials_given`; otherwise the caller's
    bool credentials_given = false;
};

struct Incoming {
    UserBuffer& bytes;
    std::uint32_t flags = 0;
    SocketAddress* from = nullptr; ///< where the sender's address goes, if anybody asks
    std::uint32_t told = 0;        ///< message_flag of what came
    Ref<FileBundle> files{};
    Credentials sender{};
};

} // namespace personality
