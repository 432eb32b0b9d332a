#include <protocols/log_ring.hpp>
#include <runtime/clock.hpp>
#include <runtime/environment.hpp>
#include <runtime/lock.hpp>
#include <runtime/log.hpp>
#include <runtime/object/control.hpp>
#include <runtime/start.hpp>
#include <runtime/start_page.hpp>

#include <algorithm>
#include <cstring>

namespace runtime {

namespace {

struct Log {
    Lock lock;
    bool at_line_start __attribute__((guarded_by(lock))) = true;
    /// Cleared when the kernel refuses: nobody granted it.
    bool kernel_takes_it __attribute__((guarded_by(lock))) = true;
};
constinit Log the_log;

std::string_view own_name() {
    return environment().start != nullptr ? start().name() : std::string_view("supervisor");
}

/// "   12.345678 "
void add_time(Line& line) {
    auto const us = now_ns() / 1000;
    std::array<char, 24> digits;
    auto at = digits.size();
    digits[--at] = ' ';
    auto rest = us;
    for (int place = 0; place < 7 || rest != 0; place++) {
        if (place == 6) digits[--at] = '.';
        digits[--at] = static_cast<char>('0' + rest % 10);
        rest /= 10;
    }
    while (at > digits.size() - 13) digits[--at] = ' ';
    line.add(std::string_view(digits.data() + at, digits.size() - at));
}

/// The kernel takes the text from our message page, which may be in use for something else: what it
/// holds is put back.
bool send_to_kernel(std::string_view text) {
    auto* const page = message_page().text;
    std::array<char, Line::capacity> kept;
    auto const bytes = std::min(text.size(), kept.size());
    std::memcpy(kept.data(), page, bytes);
    auto const done = Control(environment().log_control).log(text.substr(0, bytes));
    std::memcpy(page, kept.data(), bytes);
    return done.has_value();
}

/// A line, or the part of one that is there.
void write_piece(std::string_view text) __attribute__((requires_capability(the_log.lock))) {
    bool const fresh = the_log.at_line_start;
    the_log.at_line_start = text.ends_with('\n');
    if (!environment().log_ring.empty()) {
        protocols::LogWriter ring(environment().log_ring);
        if (fresh) {
            Line time;
            add_time(time);
            ring.write(time.text());
        }
        ring.write(text);
    }
    if (the_log.kernel_takes_it) {
        Line line;
        if (fresh) line.put("{}: ", own_name());
        // Without the prefix's room a long line would lose its end.
        auto const room = Line::capacity - line.text().size();
        line.add(text.substr(0, room));
        the_log.kernel_takes_it = send_to_kernel(line.text());
        if (the_log.kernel_takes_it && text.size() > room) (void)send_to_kernel(text.substr(room));
    }
}

} // namespace

void log_text(std::string_view text) {
    Guard const guard(the_log.lock);
    while (!text.empty()) {
        auto const end = std::min({text.find('\n'), text.size() - 1, Line::capacity - 1}) + 1;
        write_piece(text.substr(0, end));
        text.remove_prefix(end);
    }
}

namespace detail {

void log_line(Line& line) {
    // A line that was cut off loses one letter more to its end.
    auto const text = line.text().substr(0, Line::capacity - 1);
    Line whole;
    whole.add(text);
    whole.add('\n');
    log_text(whole.text());
}

void give_up_after(Line& line) {
    log_line(line);
    exit_process(125);
}

} // namespace detail
} // namespace runtime
