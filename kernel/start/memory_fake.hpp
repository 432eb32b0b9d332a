#pragma once
// Physical memory for tests: a few hundred KiB at address 0, into which tables are written.

#include <kernel/start/physical_reader.hpp>

#include <cstring>
#include <vector>

namespace kernel {

class MemoryFake {
public:
    explicit MemoryFake(std::size_t bytes = 1 << 20) : bytes_(bytes) {}

    PhysicalReader reader() const { return PhysicalReader{view, this}; }
    std::vector<std::byte>& bytes() { return bytes_; }

    template <class T> void write(std::uint64_t at, T const& object) {
        std::memcpy(bytes_.data() + at, &object, sizeof(T));
    }

    /// Set the byte at `sum` so that `count` bytes from `at` add up to zero.
    void make_sum(std::uint64_t at, std::size_t count, std::uint64_t sum) {
        bytes_[sum] = std::byte{0};
        unsigned total = 0;
        for (std::size_t n = 0; n < count; n++) total += std::to_integer<unsigned>(bytes_[at + n]);
        bytes_[sum] = static_cast<std::byte>(0 - total);
    }

private:
    std::vector<std::byte> bytes_;

    static Bytes view(void const* context, base::Phys at, std::uint64_t count) {
        auto const& all = static_cast<MemoryFake const*>(context)->bytes_;
        if (at.raw > all.size() || count > all.size() - at.raw) return {};
        return Bytes(all).subspan(at.raw, count);
    }
};

} // namespace kernel
