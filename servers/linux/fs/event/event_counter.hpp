#pragma once
// eventfd: a counter that writes add to and reads take from.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/wait_queue.hpp>

namespace personality {

class EventCounter final : public File {
public:
    EventCounter(Location at, std::uint32_t open_flags, std::uint64_t start, bool by_one)
        : File(std::move(at), open_flags), count_(start), by_one_(by_one) {}

    Outcome read(Call& call, UserBuffer& to) override;
    Outcome write(Call& call, UserBuffer& from) override;
    std::uint32_t ready() override;
    WaitQueue* poll_queue() override { return &queue_; }

private:
    static constexpr std::uint64_t most = ~std::uint64_t{1};

    std::uint64_t count_;
    bool const by_one_; ///< EFD_SEMAPHORE
    WaitQueue queue_;

    Outcome wait(Call& call, std::uint32_t events);
};

} // namespace personality
