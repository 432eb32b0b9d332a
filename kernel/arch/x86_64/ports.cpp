// The bitmap of the ports that user mode may use. It is changed whenever a process that uses ports
// gives way to another, so no more of it is touched than was allowed.

#include <hardware.hpp>

#include <algorithm>

namespace kernel::arch {

void Descriptors::allow_ports(std::uint32_t first, std::uint32_t count) {
    if (count == 0) return;
    for (auto port = first; port < first + count; port++)
        tss_.bitmap[port / 8] &= static_cast<std::uint8_t>(~(1u << port % 8));
    auto const begin = first / 8;
    auto const end = (first + count - 1) / 8 + 1;
    open_begin_ = open_end_ == 0 ? begin : std::min(open_begin_, begin);
    open_end_ = std::max(open_end_, end);
}

void Descriptors::clear_ports() {
    std::fill(tss_.bitmap.begin() + open_begin_, tss_.bitmap.begin() + open_end_,
              std::uint8_t{0xff});
    open_begin_ = open_end_ = 0;
}

} // namespace kernel::arch
