#pragma once
// What is seen of the services from outside and outlives them: a status page and a log ring each,
// in two extents of memory that the supervisor maps for good.

#include <protocols/log_ring.hpp>
#include <protocols/manifest.hpp>
#include <protocols/start_page.hpp>
#include <runtime/handle.hpp>
#include <runtime/memory.hpp>
#include <servers/supervisor/ram.hpp>

#include <array>
#include <span>

namespace supervisor {

class Records {
public:
    /// Makes room for every service, and for a log of the supervisor's own.
    base::Result<> make(Ram& ram, std::span<protocols::manifest::Service const> services);

    protocols::StatusPage const& status(std::size_t service) const;
    /// The page, to be mapped by the service.
    runtime::Memory status_page(std::size_t service) const { return status_pages_[service]; }
    /// The next incarnation begins with an empty page.
    void clear_status(std::size_t service);

    std::span<std::byte const> log(std::size_t service) const;
    runtime::Memory log_ring(std::size_t service) const { return log_rings_[service]; }
    std::uint32_t log_offset(std::size_t service) const { return offsets_[service]; }
    std::uint32_t log_bytes(std::size_t service) const { return sizes_[service]; }

    /// All rings together, to be read.
    runtime::Memory logs() const { return all_logs_; }
    std::size_t logs_bytes() const { return logs_.bytes().size(); }

    /// The supervisor's own ring stands behind those of the services.
    std::size_t own() const { return own_; }
    std::span<std::byte> own_log();

private:
    static constexpr std::size_t most = protocols::manifest::most_services + 1;
    static constexpr std::uint32_t own_log_bytes = 16 * 1024;

    runtime::Memory all_logs_; ///< read-only
    runtime::Mapping status_;
    runtime::Mapping logs_;
    std::array<runtime::Memory, most> status_pages_;
    std::array<runtime::Memory, most> log_rings_;
    std::array<std::uint32_t, most> offsets_{};
    std::array<std::uint32_t, most> sizes_{};
    std::size_t own_ = 0;
};

} // namespace supervisor
