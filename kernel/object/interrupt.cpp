#include <kernel/object/interrupt.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/ipc/notification.hpp>
#include <kernel/root.hpp>

#include <hardware.hpp>

namespace kernel {

base::Result<> Interrupt::bind(Slot& source, std::uint64_t bits) {
    if (!notification_.empty())
        return base::fail(abi::Error::already_bound);
    derivation::derive(notification_, source, source.rights, source.data);
    bits_ = bits;
    masked_ = false;
    root().interrupt_lines.update(line_);
    return {};
}

void Interrupt::acknowledge() {
    pending_ = false;
    masked_ = false;
    root().interrupt_lines.update(line_);
}

void Interrupt::mask() {
    masked_ = true;
    root().interrupt_lines.update(line_);
}

void Interrupt::lose_notification() {
    pending_ = false;
    mask();
}

bool Interrupt::fire() {
    auto* const notification = notification_.as<Notification>();
    if (!notification || masked_)
        return false;
    pending_ = true;
    notification->signal(notification_.data ? notification_.data : bits_);
    return true;
}

Destruction Interrupt::destroy(unsigned& budget) {
    if (teardown::remove(notification_, budget) == teardown::Progress::unfinished)
        return Destruction::unfinished;
    root().interrupt_lines.remove(*this);
    return Destruction::done;
}

bool InterruptLines::add(Interrupt& interrupt) {
    auto const line = interrupt.line();
    if (line >= count || !arch::interrupt_line_exists(line))
        return false;
    for (auto& other : lines_[line])
        if (other.level_ != interrupt.level_ || other.active_low_ != interrupt.active_low_)
            return false;
    lines_[line].push_back(interrupt);
    interrupt.on_line_ = true;
    arch::route_line(line, interrupt.level_, interrupt.active_low_);
    update(line);
    return true;
}

void InterruptLines::remove(Interrupt& interrupt) {
    if (!interrupt.on_line_)
        return;
    lines_[interrupt.line()].remove(interrupt);
    interrupt.on_line_ = false;
    update(interrupt.line());
}

void InterruptLines::update(std::uint32_t line) {
    bool anyone = false;
    for (auto& interrupt : lines_[line]) {
        if (interrupt.pending_) {
            arch::mask_line(line);
            return;
        }
        anyone |= !interrupt.masked_ && !interrupt.notification_.empty();
    }
    if (anyone)
        arch::unmask_line(line);
    else
        arch::mask_line(line);
}

bool InterruptLines::fire(std::uint32_t line) {
    bool heard = false;
    for (auto& interrupt : lines_[line])
        heard |= interrupt.fire();
    update(line);
    return heard;
}

} // namespace kernel
