#pragma once
// Memory of zeros that several processes share (MAP_SHARED | MAP_ANONYMOUS, and what a fork makes
// of it). Its pages live until the last mapping goes.

#include <servers/linux/memory/page_mirror.hpp>
#include <servers/linux/memory/page_source.hpp>

namespace personality {

class AnonymousSource : public PageSource {
public:
    explicit AnonymousSource(FramePool& pool) : pool_(pool), pages_(pool) {}
    ~AnonymousSource() override;

    Result<Frame> page(std::uint64_t index, bool to_write) override;
    Frame page_if_present(std::uint64_t index) override;
    Result<> punch_pages(std::uint64_t first, std::uint64_t count) override;

private:
    FramePool& pool_;
    PageMirror pages_;
};

} // namespace personality
