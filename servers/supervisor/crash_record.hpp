#pragma once
// What is kept of a service that crashed, as text: cause, registers, backtrace with names, the
// request it served, its last words. Everything comes from the dead, so nothing is believed.

#include <abi/message.hpp>
#include <protocols/services.hpp>
#include <protocols/symbol_table.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace supervisor {

/// The dead one's stack, as the supervisor sees it.
class StackView {
public:
    StackView() = default;
    /// `bytes` are what the process saw at `address`.
    StackView(std::uint64_t address, std::span<std::byte const> bytes)
        : address_(address), bytes_(bytes) {}

    /// The word at an address of the process; false if it is not on the stack.
    bool read(std::uint64_t address, std::uint64_t& word) const;

private:
    std::uint64_t address_ = 0;
    std::span<std::byte const> bytes_;
};

struct CrashFacts {
    std::string_view name;
    std::uint32_t incarnation = 0;
    std::uint64_t time_ns = 0;
    protocols::services::Cause cause = protocols::services::Cause::none;
    std::uint64_t detail = 0; ///< of the cause, as in protocols::services::Row
    abi::MessageKind fault_kind = abi::MessageKind::message; ///< page_fault, exception or neither
    std::uint64_t fault[4] = {};                             ///< the words of its message
    bool has_registers = false;
    abi::RegisterFile registers{};
    std::uint64_t request_id = 0;
    StackView stack;
    protocols::SymbolTable symbols;
    std::span<char const> last_words;
};

/// The record, in `into`. What does not fit is left out; the end of the last words is kept.
std::string_view write_crash_record(CrashFacts const& facts, std::span<char> into);

} // namespace supervisor
