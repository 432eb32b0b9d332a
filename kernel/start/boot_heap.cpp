#include <kernel/start/boot_heap.hpp>

#include <kernel/log/check.hpp>

#include <cstring>

namespace kernel {

base::Phys BootHeap::allocate(std::size_t bytes, std::size_t align) {
    base::Phys const at{base::align_up(next_.raw, align)};
    check(at <= end_ && bytes <= end_ - at, "the boot heap's budget suffices");
    next_ = at + bytes;
    std::memset(memory_ + (at - begin_), 0, bytes);
    return at;
}

} // namespace kernel
