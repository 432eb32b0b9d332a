// The serial driver: takes its lines over, and serves them until it dies.

#include <drivers/uart/chip.hpp>
#include <drivers/uart/driver.hpp>
#include <runtime/event_loop.hpp>
#include <runtime/log.hpp>

int main() {
    auto const start = runtime::start();
    auto const* session = start.session("line");
    if (session == nullptr || session->bytes < protocols::line::memory_bytes)
        runtime::give_up("no session 'line' of {} bytes", protocols::line::memory_bytes);

    uart::Driver driver(start, *session);
    runtime::EventLoop loop;
    loop.on_signal(driver.events(), [&](abi::Word signals) { driver.handle(signals); });

    // A predecessor may have died between its work and a wake-up, on either side. The first byte
    // moves only in the loop: a successor that dies before leaves the same registers to the next.
    (void)runtime::Notification(session->wake_peer).signal();
    (void)runtime::Notification(runtime::environment().events).signal(session->own_bits);
    loop.run();
}
