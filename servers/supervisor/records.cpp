#include <servers/supervisor/records.hpp>

#include <cstring>

namespace supervisor {

namespace {

constexpr auto read_write =
    abi::mask(abi::rights(abi::MemoryRights::read, abi::MemoryRights::write));

} // namespace

base::Result<> Records::make(Ram& ram, std::span<protocols::manifest::Service const> services) {
    own_ = services.size();
    std::uint32_t offset = 0;
    for (std::size_t i = 0; i <= own_; i++) {
        offsets_[i] = offset;
        sizes_[i] = i == own_ ? own_log_bytes : static_cast<std::uint32_t>(services[i].log_bytes);
        offset += sizes_[i];
    }
    auto const status_bytes = services.size() * abi::page_bytes;
    auto const status = TRY(ram.memory(status_bytes));
    auto const logs = TRY(ram.memory(offset));
    status_ = TRY(runtime::map(status, status_bytes));
    logs_ = TRY(runtime::map(logs, offset));
    all_logs_ = TRY(runtime::copy(logs, abi::mask(abi::MemoryRights::read))).release();
    for (std::size_t i = 0; i < own_; i++) {
        status_pages_[i] = TRY(runtime::mint(status, read_write, i, 1)).release();
        log_rings_[i] = TRY(runtime::mint(logs, read_write, offsets_[i] / abi::page_bytes,
                                          sizes_[i] / abi::page_bytes))
                            .release();
    }
    return {};
}

protocols::StatusPage const& Records::status(std::size_t service) const {
    return *reinterpret_cast<protocols::StatusPage const*>(status_.bytes().data() +
                                                           service * abi::page_bytes);
}

void Records::clear_status(std::size_t service) {
    std::memset(status_.bytes().data() + service * abi::page_bytes, 0, abi::page_bytes);
}

std::span<std::byte const> Records::log(std::size_t service) const {
    return logs_.bytes().subspan(offsets_[service], sizes_[service]);
}

std::span<std::byte> Records::own_log() {
    return logs_.bytes().subspan(offsets_[own_], sizes_[own_]);
}

} // namespace supervisor
