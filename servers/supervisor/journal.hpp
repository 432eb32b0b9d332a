#pragma once
// The supervisor's own log: to the kernel's, as from every first process, and from the moment when
// there are logs also into a ring among those of the services, for /svc/supervisor/log.
//
//     note("{} runs, incarnation {}", name, number);

#include <runtime/line.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace supervisor {

/// From now on into this ring as well.
void open_journal(std::span<std::byte> ring);

/// Whole lines, with their ends.
void note_text(std::string_view text);

/// One line, without its end.
template <class... A>
void note(runtime::Format<std::type_identity_t<A>...> format, A const&... arguments) {
    runtime::Line line;
    line.put<A...>(format, arguments...);
    line.add('\n');
    note_text(line.text());
}

} // namespace supervisor
