// Log, power, counters.

#include <kernel/call/handlers.hpp>
#include <kernel/log/log.hpp>
#include <kernel/sched/processor.hpp>

namespace kernel {

HANDLE(ControlLog, abi::Word length) {
    auto* const page = TRY(message_page(on.self));
    if (length > sizeof page->text) return base::fail(abi::Error::out_of_range);
    arch::write_log({page->text, length});
    return {};
}

HANDLE(ControlPower, abi::Word how, abi::Word code) {
    if (how > 1) return base::fail(abi::Error::bad_argument);
    if (how == 0)
        arch::power_off(static_cast<std::uint8_t>(code));
    else
        arch::restart_machine();
    return base::fail(abi::Error::not_supported);
}

HANDLE(ControlSetWallClock, abi::Word offset) {
    arch::set_wall_offset(offset);
    return {};
}

HANDLE(ControlCounters) { return tell(on.self, this_processor().counters); }

} // namespace kernel
