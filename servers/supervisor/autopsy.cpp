#include <servers/supervisor/autopsy.hpp>

#include <runtime/message_page.hpp>

#include <array>

namespace supervisor {

Registers hold_still(Service const& service) {
    (void)service.incarnation.process.view().stop(); // refused if it has ended: still enough
    Registers registers;
    registers.known = service.incarnation.thread.view().read_registers().has_value();
    if (registers.known) registers.file = runtime::message_page().registers;
    return registers;
}

std::string_view write_record(Service const& service, Registers const& registers,
                              Records const& records, End const& end, std::uint64_t now_ns,
                              std::span<char> into) {
    static constinit std::array<char, 2048> words{};
    CrashFacts facts;
    facts.name = service.name();
    facts.incarnation = service.row.incarnation;
    facts.time_ns = now_ns;
    facts.cause = end.cause;
    facts.detail = end.detail;
    facts.fault_kind = end.fault_kind;
    for (std::size_t i = 0; i < std::size(facts.fault); i++) facts.fault[i] = end.fault[i];
    facts.has_registers = registers.known;
    facts.registers = registers.file;
    facts.request_id = records.status(service.index).request_id;
    auto const& plan = *service.plan;
    facts.stack = StackView(plan.stack_address(), service.holdings.own_view.bytes().subspan(
                                                      plan.stack_offset(), plan.stack_bytes()));
    facts.symbols = service.program.symbols;
    auto const last = protocols::LogReader(records.log(service.index)).read_last(words);
    facts.last_words = std::span(words).first(last.bytes);
    return write_crash_record(facts, into);
}

} // namespace supervisor
