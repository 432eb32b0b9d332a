#pragma once
// Reserved: a range that the kernel keeps for itself, so that the whole physical map is accounted
// for.

#include <kernel/object/object.hpp>

#include <base/address.hpp>

namespace kernel {

class Reserved : public ObjectOf<abi::Kind::reserved> {
public:
    using Rights = abi::ReservedRights;

    Reserved(base::Phys start, std::uint64_t bytes) : start_(start), bytes_(bytes) {}

    base::Phys start() const { return start_; }
    std::uint64_t bytes() const { return bytes_; }

    bool destroy(unsigned&) { return true; }

private:
    base::Phys const start_;
    std::uint64_t const bytes_;
};

} // namespace kernel
