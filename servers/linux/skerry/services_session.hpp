#pragma once
// The session "services" with the supervisor: what /svc stands on, and how the machine is stopped.

#include <servers/linux/fs/svc/service_link.hpp>
#include <servers/linux/skerry/events.hpp>

#include <protocols/start_page.hpp>

namespace personality {

class ServicesSession final : public ServiceLink, public SignalListener {
public:
    /// `logs` is the resource of that name.
    ServicesSession(protocols::Session const& session, std::span<std::byte const> logs)
        : ServiceLink(*reinterpret_cast<protocols::services::Memory*>(session.address), logs),
          peer_(session.wake_peer) {
        wake(); // one may have died with a predecessor
    }

    void signalled(abi::Word) override { ServiceLink::signalled(); }

protected:
    void wake() override { static_cast<void>(peer_.signal()); }

private:
    runtime::Notification peer_;
};

} // namespace personality
