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

/// Of the first thread, when it ended.
struct Registers {
    bool known = false;
    abi::RegisterFile file{};
};

/// Holds the process still, and reads where it stopped.
Registers hold_still(Service const& service);

/// Writes the crash record into `into`. The process is held still.
std::string_view write_record(Service const& service, Registers const& registers,
                              Records const& records, End const& end, std::uint64_t now_ns,
                              std::span<char> into);

} // namespace supervisor
