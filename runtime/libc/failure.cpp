// What the C++ library calls when a program misuses it, or would throw. All of it ends in a trap,
// whose record names the place; none of it allocates or needs much stack.

#include <runtime/libc/failure.hpp>

#include <runtime/log.hpp>

#include <__verbose_abort>

#include <array>
#include <cstdarg>
#include <cstddef>
#include <cstring>

namespace runtime::libc {

namespace {

/// A line of text that is cut off where it gets too long.
class Line {
public:
    void add(std::string_view text) {
        auto const count = text.size() < room() ? text.size() : room();
        std::memcpy(text_.data() + size_, text.data(), count);
        size_ += count;
    }
    std::string_view text() const { return {text_.data(), size_}; }
    std::size_t room() const { return text_.size() - size_; }

private:
    std::array<char, 320> text_;
    std::size_t size_ = 0;
};

} // namespace

[[noreturn]] void fail(std::string_view what) {
    Line line;
    line.add("stopped: ");
    line.add(what.substr(0, line.room() - 1));
    line.add("\n");
    log_text(line.text());
    __builtin_trap();
}

} // namespace runtime::libc

/// `message` is "file:line: assertion ... failed: why", with a line end.
extern "C" [[noreturn]] void __skerry_hardening_failed(char const* message) noexcept {
    std::string_view text = message;
    while (text.ends_with('\n')) text.remove_suffix(1);
    // Where the library's headers lie on the machine that built this says nothing.
    constexpr std::string_view library = "/include/c++/v1/";
    if (auto const at = text.find(library); at != text.npos)
        text.remove_prefix(at + library.size());
    runtime::libc::fail(text);
}

/// In place of libc++'s own, which would bring in printf. Its formats hold %s and nothing else that
/// we could not leave as it stands.
void std::__libcpp_verbose_abort(char const* format, ...) {
    runtime::libc::Line line;
    std::string_view text = format;
    std::va_list arguments;
    va_start(arguments, format);
    for (std::size_t at; (at = text.find("%s")) != text.npos; text.remove_prefix(at + 2)) {
        line.add(text.substr(0, at));
        line.add(va_arg(arguments, char const*));
    }
    va_end(arguments);
    line.add(text);
    runtime::libc::fail(line.text());
}
