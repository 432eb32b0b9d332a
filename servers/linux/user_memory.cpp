#include <servers/linux/user_memory.hpp>

#include <algorithm>

namespace personality {

Result<> UserMemory::copy_in(std::span<std::byte> to, UserAddress from) {
    while (!to.empty()) {
        auto const piece = TRY(readable(from, to.size()));
        std::memcpy(to.data(), piece.data(), piece.size());
        to = to.subspan(piece.size());
        from += piece.size();
    }
    return {};
}

Result<> UserMemory::copy_out(UserAddress to, std::span<std::byte const> from) {
    while (!from.empty()) {
        auto const piece = TRY(writable(to, from.size()));
        std::memcpy(piece.data(), from.data(), piece.size());
        from = from.subspan(piece.size());
        to += piece.size();
    }
    return {};
}

Result<> UserMemory::fill(UserAddress to, std::byte value, std::size_t bytes) {
    while (bytes != 0) {
        auto const piece = TRY(writable(to, bytes));
        std::memset(piece.data(), static_cast<int>(value), piece.size());
        bytes -= piece.size();
        to += piece.size();
    }
    return {};
}

Result<std::string_view> UserMemory::string(std::span<char> to, UserAddress from, Errno too_long) {
    std::size_t length = 0;
    while (length < to.size()) {
        auto const piece = TRY(readable(from + length, to.size() - length));
        auto const* end = std::memchr(piece.data(), 0, piece.size());
        std::size_t const bytes =
            end ? static_cast<std::size_t>(static_cast<std::byte const*>(end) - piece.data())
                : piece.size();
        std::memcpy(to.data() + length, piece.data(), bytes);
        length += bytes;
        if (end) return std::string_view(to.data(), length);
    }
    return fail(too_long);
}

} // namespace personality
