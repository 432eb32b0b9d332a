#pragma once
// The line to the supervisor behind /svc: what it shows of the services (protocols/services.hpp),
// and requests whose answers calls wait for.

#include <servers/linux/errno.hpp>
#include <servers/linux/wait_queue.hpp>

#include <protocols/services_client.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace personality {

class System;

class ServiceLink {
public:
    ServiceLink(protocols::services::Memory& memory, std::span<std::byte const> logs)
        : client_(memory, logs) {}
    virtual ~ServiceLink() = default;

    protocols::services::Client& client() { return client_; }

    /// Put a request in: its id. EAGAIN: too many are under way.
    Result<std::uint64_t> ask(protocols::services::Action action, std::uint32_t row);
    /// The verdict on a request, once; nothing yet: watch `answered`.
    std::optional<protocols::services::Verdict> verdict(std::uint64_t id);
    WaitQueue answered;

    /// Our own system, for the status of the service that we are; `own_name` is its name.
    System* system = nullptr;
    static constexpr std::string_view own_name = "linux";

    /// The supervisor has signalled us.
    void signalled();

protected:
    /// Signal the supervisor.
    virtual void wake() = 0;

private:
    struct Told {
        std::uint64_t id = 0;
        protocols::services::Verdict verdict{};
    };
    protocols::services::Client client_;
    /// The latest answers: there are never more requests under way.
    std::array<Told, protocols::services::most_requests> told_{};
    std::size_t next_ = 0;

    bool collect();
};

} // namespace personality
