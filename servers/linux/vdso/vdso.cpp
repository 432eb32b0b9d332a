#include <servers/linux/vdso/vdso.hpp>

#include <base/address.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

Result<> Vdso::load(FramePool& frames, std::span<std::byte const> image) {
    auto pages = make<AnonymousSource>(frames);
    if (!pages) return fail(Errno::nomem);
    std::uint64_t const count = base::align_up(image.size(), page_bytes) / page_bytes;
    auto* const time = reinterpret_cast<TimePage*>(frames.bytes(TRY(pages->page(0, true))));
    for (std::uint64_t i = 0; i < count; i++) {
        auto const piece = image.subspan(i * page_bytes);
        std::memcpy(frames.bytes(TRY(pages->page(i + 1, true))), piece.data(),
                    std::min(piece.size(), page_bytes));
    }
    pages_ = std::move(pages);
    time_ = time;
    image_pages_ = count;
    return {};
}

Result<UserAddress> Vdso::map(ProgramSpace& space, UserAddress address) const {
    Area area{.start = address,
              .end = address + page_bytes,
              .protection = access::read,
              .shared = true,
              .never_write = true,
              .name = Area::Name::vvar,
              .source = Ref<PageSource>(pages_)};
    TRY(space.map(area));
    area.start = area.end;
    area.end = area.start + image_pages_ * page_bytes;
    area.protection = access::read | access::execute;
    area.name = Area::Name::vdso;
    area.source_page = 1;
    TRY(space.map(area));
    return area.start;
}

} // namespace personality
