#include <servers/supervisor/journal.hpp>

#include <protocols/log_ring.hpp>
#include <protocols/text_builder.hpp>
#include <runtime/clock.hpp>
#include <runtime/log.hpp>

#include <array>

namespace supervisor {

namespace {

constinit std::span<std::byte> journal;

} // namespace

void open_journal(std::span<std::byte> ring) { journal = ring; }

void note_text(std::string_view text) {
    runtime::log_text(text);
    if (journal.empty()) return;
    std::array<char, 32> time;
    protocols::LogWriter ring(journal);
    ring.write(protocols::TextBuilder(time).put("  ").seconds(runtime::now_ns()).put(' ').text());
    ring.write(text);
}

} // namespace supervisor
