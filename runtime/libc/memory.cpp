// The calls about memory: pages out of the process's heap.

#include <base/address.hpp>
#include <runtime/environment.hpp>
#include <runtime/libc/begin.hpp>
#include <runtime/libc/calls.hpp>
#include <runtime/libc/heap.hpp>
#include <runtime/lock.hpp>
#include <runtime/object/address_space.hpp>
#include <runtime/own.hpp>

#include <sys/mman.h>

#include <cstdint>
#include <cstring>

namespace runtime::libc {

namespace {

struct LockedHeap {
    Lock lock;
    Heap heap __attribute__((guarded_by(lock)));
};
constinit LockedHeap own;

bool set_accessible(std::span<std::byte> pages, bool accessible) {
    auto const protection = accessible ? abi::Protection::read_write : abi::Protection::none;
    return AddressSpace(own_space)
        .protect(reinterpret_cast<abi::Word>(pages.data()), pages.size() / abi::page_bytes,
                 protection)
        .has_value();
}

/// For whoever looks at the status page.
void report() __attribute__((requires_capability(own.lock))) {
    environment().status->memory_in_use = own.heap.bytes_in_use();
}

long word(void const* address) {
    return static_cast<long>(reinterpret_cast<std::uintptr_t>(address));
}

} // namespace

void begin_memory() {
    Guard const guard(own.lock);
    own.heap = Heap(environment().heap, set_accessible);
}

long handle(Mmap, void*, std::size_t bytes, int protection, int flags, int, long) {
    if ((flags & MAP_ANONYMOUS) == 0) return -ENODEV;
    if ((flags & MAP_FIXED) != 0 || bytes == 0) return -EINVAL;
    Guard const guard(own.lock);
    auto* const pages = own.heap.allocate(bytes);
    if (pages == nullptr) return -ENOMEM;
    if (protection == PROT_NONE) own.heap.hide(pages, bytes);
    report();
    return word(pages);
}

long handle(Munmap, void* address, std::size_t bytes) {
    Guard const guard(own.lock);
    if (!own.heap.release(address, bytes)) return -EINVAL;
    report();
    return 0;
}

long handle(Mprotect, void* address, std::size_t bytes, int protection) {
    Guard const guard(own.lock);
    if (protection == PROT_NONE)
        own.heap.hide(address, bytes);
    else
        own.heap.show(address, bytes);
    return 0;
}

long handle(Mremap, void* address, std::size_t old_bytes, std::size_t bytes, int flags) {
    if (bytes == 0 || bytes > PTRDIFF_MAX || (flags & MREMAP_FIXED) != 0) return -EINVAL;
    auto const old_size = base::align_up(old_bytes, abi::page_bytes);
    auto const size = base::align_up(bytes, abi::page_bytes);
    Guard const guard(own.lock);
    if (size <= old_size) {
        own.heap.release(static_cast<std::byte*>(address) + size, old_size - size);
    } else if (!own.heap.grow(address, old_size, size)) {
        auto* const pages = (flags & MREMAP_MAYMOVE) != 0 ? own.heap.allocate(size) : nullptr;
        if (pages == nullptr) return -ENOMEM;
        std::memcpy(pages, address, old_size);
        own.heap.release(address, old_size);
        address = pages;
    }
    report();
    return word(address);
}

long handle(Madvise, void* address, std::size_t bytes, int advice) {
    // What is read after MADV_DONTNEED is zero, as after mmap; the pages stay ours.
    if (advice == MADV_DONTNEED) std::memset(address, 0, base::align_up(bytes, abi::page_bytes));
    return 0;
}

/// There is no break to move: malloc takes what it needs by mmap.
long handle(Brk) { return -ENOMEM; }

} // namespace runtime::libc
