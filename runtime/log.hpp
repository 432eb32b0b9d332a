#pragma once
// The log of this process: lines in the ring that the supervisor keeps when the process is gone
// (protocols/log_ring.hpp), each with the time since the machine started. Where the manifest grants
// it, and always in the first process, they also go to the kernel's log, with the process's name.
//
//     runtime::log("line {}: {} bytes lost, {}", number, count, error);

#include <runtime/line.hpp>

#include <string_view>

namespace runtime {

/// One line, without its line end.
template <class... A> void log(Format<std::type_identity_t<A>...> format, A const&... arguments);

/// Text as it comes: lines, or parts of lines, with their ends.
void log_text(std::string_view text);

/// Log why, and end this process: it is broken, and its owner should begin anew.
template <class... A>
[[noreturn]] void give_up(Format<std::type_identity_t<A>...> format, A const&... arguments);

namespace detail {
void log_line(Line& line);
[[noreturn]] void give_up_after(Line& line);
} // namespace detail

template <class... A> void log(Format<std::type_identity_t<A>...> format, A const&... arguments) {
    Line line;
    line.put<A...>(format, arguments...);
    detail::log_line(line);
}

template <class... A>
void give_up(Format<std::type_identity_t<A>...> format, A const&... arguments) {
    Line line;
    line.put("gives up: ");
    line.put<A...>(format, arguments...);
    detail::give_up_after(line);
}

} // namespace runtime
