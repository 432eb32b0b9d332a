#pragma once
// The supervisor at work: it hears of ends and faults, starts services again, and does what
// operators ask. All of it on one thread, in one event loop, without ever waiting for a service.

#include <runtime/event_loop.hpp>
#include <servers/supervisor/autopsy.hpp>
#include <servers/supervisor/builder.hpp>
#include <servers/supervisor/service_desk.hpp>

#include <array>
#include <optional>

namespace supervisor {

class Supervisor {
public:
    /// `faults`: our Endpoint; world.events is bound to our thread.
    Supervisor(World& world, runtime::Endpoint faults);

    /// Starts every service that can be started, and serves for ever.
    void run();

private:
    static constexpr std::uint64_t look_every_ns = 1'000'000'000;
    static constexpr std::size_t most_desks = 4;

    struct Desk {
        ServiceDesk desk;
        runtime::Notification client; ///< with the client's bit
    };

    World& world_;
    runtime::EventLoop loop_;
    runtime::LoopTimer restarts_; ///< at the next start that is due
    runtime::LoopTimer looks_;
    std::array<std::optional<Desk>, most_desks> desks_;
    protocols::services::Row own_row_{};
    bool changed_ = false; ///< a row has to be shown

    // ---- ends ----
    void signalled(abi::Word bits);
    void faulted(runtime::Request& request);
    void notice_end(Service& service);
    /// The one way in which an incarnation ends.
    void end(Service& service, End const& how);
    void after_end(Service& service, End const& how);

    // ---- starts ----
    void start(Service& service);
    void start_due();
    void arm_restarts();

    // ---- watching ----
    void look();
    void look_at(Service& service);

    // ---- operators ----
    void open_desks();
    void serve_desks();
    /// Answers first, then acts.
    void serve(Desk& desk, protocols::services::Request const& request);
    protocols::services::Verdict judge(protocols::services::Request const& request) const;
    void act(protocols::services::Request const& request);

    void show_rows();
    void show_crash(Service const& service, std::string_view text);
};

} // namespace supervisor
