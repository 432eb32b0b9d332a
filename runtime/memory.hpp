#pragma once
// Mapping Memory into our own address space, at addresses of the runtime's choice (from
// protocols::free_base on, in pieces of 2 MiB, so that large extents can use large pages).

#include <abi/memory.hpp>
#include <base/result.hpp>
#include <runtime/object/memory.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace runtime {

/// A Memory mapped as a whole or in part; unmapped when the handle goes. It does not own the
/// Memory, but revoking that takes the mapping away too.
class [[nodiscard]] Mapping {
public:
    constexpr Mapping() = default;
    Mapping(Mapping&& other) noexcept
        : bytes_(std::exchange(other.bytes_, {})), attachment_(other.attachment_) {}
    Mapping& operator=(Mapping&& other) noexcept {
        if (this != &other) {
            reset();
            bytes_ = std::exchange(other.bytes_, {});
            attachment_ = other.attachment_;
        }
        return *this;
    }
    ~Mapping() { reset(); }

    std::span<std::byte> bytes() const { return bytes_; }
    abi::Word address() const { return reinterpret_cast<abi::Word>(bytes_.data()); }
    void reset();

private:
    friend base::Result<Mapping> map(Memory, std::size_t, abi::Protection, std::size_t);
    Mapping(std::span<std::byte> bytes, abi::Word attachment)
        : bytes_(bytes), attachment_(attachment) {}

    std::span<std::byte> bytes_;
    abi::Word attachment_ = 0;
};

/// Map `bytes` of `memory` from `offset` on (both multiples of the page size).
base::Result<Mapping> map(Memory memory, std::size_t bytes,
                          abi::Protection protection = abi::Protection::read_write,
                          std::size_t offset = 0);

/// Addresses of our own that nothing else uses, for those who map themselves. In bytes; a multiple
/// of 2 MiB is taken.
base::Result<abi::Word> reserve_addresses(std::size_t bytes);
void release_addresses(abi::Word address, std::size_t bytes);

} // namespace runtime
