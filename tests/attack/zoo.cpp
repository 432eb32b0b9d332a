#include <tests/attack/zoo.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/own.hpp>

#include <abi/memory.hpp>

namespace attack {

namespace {

using lab::kit;
using lab::must;

template <class View> runtime::Owned<View> make(runtime::Untyped from) {
    return must(from.make<View>(), "an object");
}

/// The second serial port, taken once.
struct SecondPort {
    runtime::IoPorts ports = lab::ports("com2", 0x2f8, 8);
    runtime::Interrupt interrupt = lab::interrupt("irq3", 3);
};
SecondPort const& second_port() {
    static SecondPort const ours;
    return ours;
}

} // namespace

Zoo::Zoo()
    : untyped(must(kit().memory.split(1 << 20), "an untyped")),
      pool(make<runtime::CapPool>(untyped)), space(make<runtime::AddressSpace>(untyped)),
      process(make<runtime::Process>(untyped)),
      memory(must(untyped.make_memory(memory_pages * abi::page_bytes), "memory")),
      message_page(must(untyped.make_memory(abi::page_bytes), "memory")),
      thread(make<runtime::Thread>(untyped)), endpoint(make<runtime::Endpoint>(untyped)),
      reply(make<runtime::Reply>(untyped)), notification(make<runtime::Notification>(untyped)),
      timer(make<runtime::Timer>(untyped)), context(make<runtime::SchedContext>(untyped)),
      device_space(make<runtime::DmaSpace>(untyped)), interrupt(second_port().interrupt),
      ports(second_port().ports), control(kit().control) {
    must(process.configure(pool.address(), space.address(), runtime::Process::Abi::native),
         "configure a process");
    must(thread.configure(process.address(), message_page.address(), 0), "configure a thread");
}

Zoo::~Zoo() { must(runtime::CapPool(runtime::own_pool).revoke(untyped.address()), "revoke"); }

std::optional<abi::CapAddress> Zoo::of(abi::Kind kind) const {
    auto const address = [&] {
        switch (kind) {
        case abi::Kind::untyped: return untyped.address();
        case abi::Kind::cap_pool: return pool.address();
        case abi::Kind::process: return process.address();
        case abi::Kind::thread: return thread.address();
        case abi::Kind::address_space: return space.address();
        case abi::Kind::memory: return memory.address();
        case abi::Kind::endpoint: return endpoint.address();
        case abi::Kind::reply: return reply.address();
        case abi::Kind::notification: return notification.address();
        case abi::Kind::timer: return timer.address();
        case abi::Kind::sched_context: return context.address();
        case abi::Kind::interrupt: return interrupt.address();
        case abi::Kind::io_ports: return ports.address();
        case abi::Kind::dma_space: return device_space.address();
        case abi::Kind::control: return control.address();
        default: return abi::CapAddress{};
        }
    }();
    if (!address) return std::nullopt;
    return address;
}

} // namespace attack
