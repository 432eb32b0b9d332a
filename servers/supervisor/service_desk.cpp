#include <servers/supervisor/service_desk.hpp>

#include <algorithm>
#include <cstring>

namespace supervisor {

namespace services = protocols::services;

ServiceDesk::ServiceDesk(services::Memory& memory)
    : memory_(&memory), requests_(memory.table.requests, std::span(memory.request)),
      answers_(memory.table.answers, std::span(memory.answer)) {
    memory.table.magic = services::magic;
}

void ServiceDesk::set_rows(std::uint32_t count) { memory_->table.rows = count; }

void ServiceDesk::show(std::uint32_t row, services::Row const& content) {
    memory_->row[row].store(content);
}

void ServiceDesk::show_crash(std::uint32_t row, std::string_view text) {
    std::memcpy(memory_->crash[row], text.data(), std::min(text.size(), services::crash_bytes));
}

std::optional<services::Request> ServiceDesk::next() { return requests_.pop(); }

bool ServiceDesk::answer(services::Request const& request, services::Verdict verdict) {
    // A client that lets its answers pile up loses them.
    bool const room = answers_.push({request.id, verdict, 0});
    if (room) answers_.publish();
    requests_.acknowledge();
    bool const for_answer = answers_.claim_wake();
    bool const for_room = requests_.claim_wake();
    return for_answer || for_room;
}

} // namespace supervisor
