#include <servers/linux/fs/event/event_counter.hpp>

namespace personality {

Outcome EventCounter::wait(Call& call, std::uint32_t events) {
    if (nonblocking()) return Errno::again;
    TRY(call.watch(queue_, events));
    return call.block(Errno::restart_sys);
}

Outcome EventCounter::read(Call& call, UserBuffer& to) {
    if (to.remaining() < sizeof count_) return Errno::inval;
    if (count_ == 0) return wait(call, poll_event::readable);
    std::uint64_t const value = by_one_ ? 1 : count_;
    if (TRY(to.copy_out(std::as_bytes(std::span(&value, 1)))) != sizeof value) return Errno::fault;
    count_ -= value;
    queue_.wake_all(poll_event::writable);
    return sizeof value;
}

Outcome EventCounter::write(Call& call, UserBuffer& from) {
    std::uint64_t value = 0;
    if (from.remaining() < sizeof value) return Errno::inval;
    if (TRY(from.copy_in(std::as_writable_bytes(std::span(&value, 1)))) != sizeof value)
        return Errno::fault;
    if (value > most) return Errno::inval;
    if (value > most - count_) return wait(call, poll_event::writable);
    count_ += value;
    queue_.wake_all(poll_event::readable);
    return sizeof value;
}

std::uint32_t EventCounter::ready() {
    return (count_ > 0 ? poll_event::readable : 0) | (count_ < most ? poll_event::writable : 0);
}

} // namespace personality
