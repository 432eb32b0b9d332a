#pragma once
// The supervisor's side of the protocol "services" towards one client: it keeps the rows up to date
// and takes requests. It never waits for the client, and believes nothing that the client can
// write.

#include <protocols/services.hpp>
#include <protocols/transport/record_ring.hpp>

#include <optional>
#include <span>

namespace supervisor {

class ServiceDesk {
public:
    explicit ServiceDesk(protocols::services::Memory& memory);

    void set_rows(std::uint32_t count);
    void show(std::uint32_t row, protocols::services::Row const& content);
    /// The crash text of a row; its length goes into the row itself.
    void show_crash(std::uint32_t row, std::string_view text);

    std::optional<protocols::services::Request> next();
    /// Answers the request that `next` gave last. True: the client has to be woken.
    [[nodiscard]] bool answer(protocols::services::Request const& request,
                              protocols::services::Verdict verdict);
    /// True if no request waits, so that the client will wake us for the next one.
    [[nodiscard]] bool prepare_sleep() { return requests_.prepare_sleep(); }

private:
    protocols::services::Memory* memory_;
    protocols::RecordConsumer<protocols::services::Request> requests_;
    protocols::RecordProducer<protocols::services::Answer> answers_;
};

} // namespace supervisor
