#pragma once
// A program's memory for host tests: some pages of bytes at an address of their own, the rest
// EFAULT. Pieces end at page boundaries as they do in earnest.

#include <servers/linux/user_memory.hpp>

#include <algorithm>
#include <vector>

namespace personality {

class UserMemoryFake : public UserMemory {
public:
    static constexpr UserAddress base = 0x10'0000;

    explicit UserMemoryFake(std::size_t bytes) : bytes_(bytes) {}

    Result<std::span<std::byte const>> readable(UserAddress address, std::size_t bytes) override {
        return TRY(writable(address, bytes));
    }
    Result<std::span<std::byte>> writable(UserAddress address, std::size_t bytes) override {
        if (address < base || address - base >= bytes_.size()) return fail(Errno::fault);
        std::size_t const at = address - base;
        std::size_t const most = std::min(bytes_.size() - at, 4096 - address % 4096);
        return std::span(bytes_).subspan(at, std::min(bytes, most));
    }
    std::span<std::byte> bytes() { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

} // namespace personality
