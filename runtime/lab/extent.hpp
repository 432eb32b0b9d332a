#pragma once
// Fresh memory that is mapped in our own space, and may be mapped in others at the same address.

#include <abi/memory.hpp>
#include <base/address.hpp>
#include <runtime/handle.hpp>

#include <span>

namespace lab {

/// Addresses of our space that nobody uses, aligned to 2 MiB.
abi::Word reserve(abi::Word bytes);

class Extent {
public:
    /// A whole number of pages, zeroed.
    explicit Extent(abi::Word bytes);
    ~Extent();
    Extent(Extent const&) = delete;
    Extent& operator=(Extent const&) = delete;

    abi::Word address() const { return address_; }
    abi::Word pages() const { return bytes_ / abi::page_bytes; }
    runtime::Memory memory() const { return memory_.view(); }
    std::span<std::byte> bytes() const { return {reinterpret_cast<std::byte*>(address_), bytes_}; }
    std::span<abi::Word> words() const {
        return {reinterpret_cast<abi::Word*>(address_), bytes_ / sizeof(abi::Word)};
    }

    /// Map all of it into another space, at our address.
    void share_with(runtime::AddressSpace space) const;

private:
    abi::Word bytes_;
    abi::Word address_;
    runtime::Owned<runtime::Memory> memory_;
    abi::Word attachment_;
};

} // namespace lab
