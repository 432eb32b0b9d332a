// Mapping memory and touching it.

#include <bench/linux/report.hpp>

namespace measure {
namespace {

constexpr Word rounds = warm_up + many;

/// Anonymous pages, none of them there yet; never huge ones, which would spoil the samples.
class Pages {
public:
    Pages() : memory_(map(rounds * page_bytes, map_private)) {
        if (mapped(memory_)) advise(memory_, rounds * page_bytes, no_huge_pages);
    }
    Pages(Pages const&) = delete;
    ~Pages() { unmap(memory_, rounds * page_bytes); }
    char volatile& operator[](int index) {
        return static_cast<char volatile*>(memory_)[static_cast<Word>(index) * page_bytes];
    }

private:
    void* memory_;
};

void copy_on_write() {
    Pages pages;
    for (int i = 0; i < static_cast<int>(rounds); i++) pages[i] = 1;
    Peer const peer{[] {
        for (;;) pause();
    }};
    measure("linux/copy-on-write", many, [&](int i) {
        pages[i] = 2;
        return true;
    });
}

} // namespace

void measure_memory() {
    {
        Pages pages;
        measure("linux/touch/write", many, [&](int i) {
            pages[i] = 1;
            return true;
        });
    }
    {
        Pages pages;
        measure("linux/touch/read", many, [&](int i) { return pages[i] == 0; });
    }
    copy_on_write();
    measure("linux/mmap-munmap", many, [](int) {
        auto* const page = map(page_bytes, map_private);
        return unmap(page, page_bytes) == 0;
    });
    measure("linux/mmap-touch-munmap", many, [](int) {
        auto* const page = map(page_bytes, map_private);
        *static_cast<char volatile*>(page) = 1;
        return unmap(page, page_bytes) == 0;
    });
    auto* const page = map(page_bytes, map_private);
    *static_cast<char volatile*>(page) = 1;
    measure("linux/mprotect", many, [&](int i) {
        return protect(page, page_bytes, i & 1 ? may_read | may_write : may_read) == 0;
    });
    unmap(page, page_bytes);
}

} // namespace measure
