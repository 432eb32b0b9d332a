#include <drivers/uart/driver.hpp>

#include <drivers/uart/chip.hpp>
#include <runtime/log.hpp>
#include <runtime/object/io_ports.hpp>
#include <runtime/object/notification.hpp>

#include <string_view>

namespace uart {

namespace {

/// The names by which the manifest grants a line.
struct Names {
    std::string_view ports;
    std::string_view interrupt;
};
constexpr std::array<Names, protocols::line::lines> names{{{"com1", "irq4"}, {"com2", "irq3"}}};

} // namespace

Driver::Driver(runtime::Start start, protocols::Session const& session)
    : session_(&session), events_(session.own_bits) {
    std::optional<HalfDone> half;
    if (auto const* registers = start.predecessor()) half = half_done(*registers);
    for (auto const number : protocols::line::numbers) take_over(start, number, half);
}

void Driver::take_over(runtime::Start start, protocols::line::Number number,
                       std::optional<HalfDone> const& half) {
    auto const index = static_cast<std::size_t>(number);
    auto const [ports_name, interrupt_name] = names[index];
    auto const* ports = start.resource(ports_name, protocols::ResourceType::io_ports);
    auto const* interrupt = start.resource(interrupt_name, protocols::ResourceType::interrupt);
    if (ports == nullptr || interrupt == nullptr || ports->count < port_count) return;
    if (auto const enabled = runtime::IoPorts(ports->cap).enable(); !enabled)
        return runtime::log("{}: no access to the ports, {}", ports_name, enabled.error());

    auto const base = static_cast<std::uint16_t>(ports->first);
    auto& memory = *reinterpret_cast<protocols::line::Memory*>(session_->address);
    if (half && half->port == base) complete(*half, memory.line[index]);
    if (!Uart::present(base)) return runtime::log("{}: no chip answers", ports_name);

    lines_[index].emplace(Uart(base, memory.line[index], memory.data[index]),
                          runtime::Interrupt(interrupt->cap), interrupt->bits);
    events_ |= interrupt->bits;
}

void Driver::handle(abi::Word signals) {
    bool wake = false;
    for (auto& served : lines_) {
        if (!served || (signals & (served->bits | session_->own_bits)) == 0) continue;
        wake = served->uart.service() || wake;
        // While the chip is silent: see Uart::listen. Where the line didn't fire this does nothing.
        (void)served->interrupt.acknowledge();
        served->uart.listen();
    }
    if (wake) (void)runtime::Notification(session_->wake_peer).signal();
}

} // namespace uart
