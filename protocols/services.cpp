#include <protocols/services.hpp>

#include <protocols/text_builder.hpp>

namespace protocols::services {

namespace {

class Lines {
public:
    explicit Lines(std::span<char> into) : text_(into) {}

    TextBuilder& begin(std::string_view key) {
        auto const start = text_.length();
        return text_.put(key).pad(start, 16);
    }
    void line(std::string_view key, std::string_view value) { begin(key).put(value).put('\n'); }
    void line(std::string_view key, std::uint64_t value) { begin(key).decimal(value).put('\n'); }
    void time(std::string_view key, std::uint64_t ns) { begin(key).seconds(ns).put(" s\n"); }

    std::string_view text() const { return text_.text(); }

private:
    TextBuilder text_;
};

constexpr std::uint64_t since(std::uint64_t then, std::uint64_t now) {
    return now > then ? now - then : 0;
}

} // namespace

std::string_view name(State state) {
    switch (state) {
    case State::stopped: return "stopped";
    case State::running: return "running";
    case State::waiting: return "waiting";
    case State::failed: return "failed";
    }
    return "unknown";
}

std::string_view name(Cause cause) {
    switch (cause) {
    case Cause::none: return "none";
    case Cause::exit: return "exit";
    case Cause::page_fault: return "page fault";
    case Cause::exception: return "exception";
    case Cause::hung: return "hung";
    case Cause::killed: return "killed";
    case Cause::stopped: return "stopped";
    }
    return "unknown";
}

std::string_view name(Verdict verdict) {
    switch (verdict) {
    case Verdict::accepted: return "accepted";
    case Verdict::no_such_service: return "no such service";
    case Verdict::no_such_action: return "no such action";
    case Verdict::not_now: return "not now";
    case Verdict::refused: return "refused";
    }
    return "unknown";
}

std::optional<Action> action(std::string_view word) {
    while (!word.empty() && (word.back() == '\n' || word.back() == ' ')) word.remove_suffix(1);
    if (word == "restart") return Action::restart;
    if (word == "stop") return Action::stop;
    if (word == "start") return Action::start;
    if (word == "kill") return Action::kill;
    return std::nullopt;
}

std::string_view status_text(Row const& row, std::uint64_t now_ns, std::span<char> into) {
    Lines lines(into);
    lines.line("name", view(row.name));
    lines.line("state", name(row.state));
    lines.line("incarnation", row.incarnation);
    if (row.state == State::running) lines.time("uptime", since(row.started_ns, now_ns));
    if (row.state == State::waiting) lines.time("starts-in", since(now_ns, row.next_start_ns));
    if (row.cause != Cause::none) {
        auto& end = lines.begin("last-end").put(name(row.cause));
        if (row.cause == Cause::exit || row.cause == Cause::exception)
            end.put(' ').decimal(row.detail);
        end.put(", ").seconds(since(row.ended_ns, now_ns)).put(" s ago\n");
        lines.line("failures", row.failures);
    }
    lines.begin("memory").decimal(row.memory_bytes / 1024).put(" KiB\n");
    lines.time("processor-time", row.processor_ns);
    lines.line("turns", row.turns);
    lines.line("requests", row.requests);
    return lines.text();
}

} // namespace protocols::services
