#pragma once
// The vDSO and the time page before it, as every program gets them: one set of pages for all.

#include <servers/linux/memory/anonymous_source.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/vdso/time_page.hpp>

#include <cstddef>
#include <span>

namespace personality {

class Vdso {
public:
    /// Copies the image into pages of the pool. ENOMEM.
    Result<> load(FramePool& frames, std::span<std::byte const> image);
    bool loaded() const { return static_cast<bool>(pages_); }

    /// Give the page new values, while programs may read it.
    template <class F> void change(F&& use) {
        if (time_ == nullptr) return;
        time_->sequence.fetch_add(1, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_release);
        use(*time_);
        time_->sequence.fetch_add(1, std::memory_order_release); // partner: the reader's acquire
    }

    std::uint64_t bytes() const { return (image_pages_ + 1) * page_bytes; }
    /// Map both at `address`; returns where the image lies (AT_SYSINFO_EHDR).
    Result<UserAddress> map(ProgramSpace& space, UserAddress address) const;

private:
    Ref<AnonymousSource> pages_;
    TimePage* time_ = nullptr;
    std::uint64_t image_pages_ = 0;
};

} // namespace personality
