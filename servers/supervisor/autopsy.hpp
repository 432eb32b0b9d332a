#pragma once
// What can be learned of an incarnation between its end and its being taken apart.

#include <servers/supervisor/crash_record.hpp>
#include <servers/supervisor/records.hpp>
#include <servers/supervisor/service.hpp>

#include <span>

namespace supervisor {

/// How an incarnation ended, as far as it is known when it does.
struct End {
    protocols::services::Cause cause = protocols::services::Cause::none;
    std::uint64_t detail = 0;
    abi::MessageKind fault_kind = abi::MessageKind::message;
    std::uint64_t fault[4] = {};
};

/// Holds the process still, and keeps the registers of its first thread for its successor.
void hold_still(Service& service);

/// Writes the crash record into `into`. The process is held still.
std::string_view write_record(Service const& service, Records const& records, End const& end,
                              std::uint64_t now_ns, std::span<char> into);

} // namespace supervisor
