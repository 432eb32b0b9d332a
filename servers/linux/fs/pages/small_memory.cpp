#include <servers/linux/fs/pages/small_memory.hpp>

#include <algorithm>

namespace personality {

SmallMemory::Page* SmallMemory::add_page(std::size_t kind) {
    auto const frame = pool_.allocate();
    if (!frame) return nullptr;
    auto* const page = new (pool_.bytes(*frame)) Page{.owner = this,
                                                      .frame = *frame,
                                                      .kind = static_cast<std::uint16_t>(kind),
                                                      .used = 0,
                                                      .free = 0,
                                                      .unused = first_slot,
                                                      .link = {}};
    partial_[kind].push_front(*page);
    pages_++;
    return page;
}

void* SmallMemory::allocate(std::size_t bytes) {
    auto const* const size = std::ranges::lower_bound(sizes, bytes);
    if (size == sizes.end()) return nullptr;
    auto const kind = static_cast<std::size_t>(size - sizes.begin());
    auto* page = partial_[kind].empty() ? add_page(kind) : &partial_[kind].front();
    if (page == nullptr) return nullptr;
    auto offset = page->free;
    if (offset != 0) {
        page->free = next_free(*page, offset);
    } else {
        offset = page->unused;
        page->unused = static_cast<std::uint16_t>(offset + *size);
    }
    page->used++;
    bool const full = page->free == 0 && page->unused + *size > page_bytes;
    if (full) base::List<Page, &Page::link>::remove(*page);
    return reinterpret_cast<std::byte*>(page) + offset;
}

void SmallMemory::release(void* piece) {
    if (piece == nullptr) return;
    auto const address = reinterpret_cast<std::uintptr_t>(piece);
    auto& page = *reinterpret_cast<Page*>(address & ~(page_bytes - 1));
    auto const offset = static_cast<std::uint16_t>(address & (page_bytes - 1));
    auto& owner = *page.owner;
    if (--page.used == 0) {
        if (page.link.linked()) base::List<Page, &Page::link>::remove(page);
        owner.pages_--;
        owner.pool_.release(page.frame);
        return;
    }
    if (!page.link.linked()) owner.partial_[page.kind].push_front(page);
    next_free(page, offset) = page.free;
    page.free = offset;
}

} // namespace personality
