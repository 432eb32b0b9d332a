#include <servers/linux/memory/anonymous_source.hpp>

namespace personality {

AnonymousSource::~AnonymousSource() {
    pages_.each(0, PageMirror::page_limit, [&](std::uint64_t, PageEntry& entry) {
        pool_.release(entry.frame());
        entry = {};
        return true;
    });
}

Result<Frame> AnonymousSource::page(std::uint64_t index, bool) {
    auto* entry = TRY(pages_.make(index));
    if (!entry->present()) *entry = PageEntry(TRY(pool_.allocate_zeroed()), PageEntry::read);
    return entry->frame();
}

Frame AnonymousSource::page_if_present(std::uint64_t index) {
    auto* entry = pages_.find(index);
    return entry ? entry->frame() : Frame{};
}

Result<> AnonymousSource::punch_pages(std::uint64_t first, std::uint64_t count) {
    pages_changed(first, count); // nobody reaches them any more
    pages_.each(first, first + count, [&](std::uint64_t, PageEntry& entry) {
        pool_.release(entry.frame());
        entry = {};
        return true;
    });
    return {};
}

} // namespace personality
