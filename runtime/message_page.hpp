#pragma once
// The calling thread's message page: words 8 and up, capabilities, and what inspecting calls
// return.

#include <abi/message.hpp>
#include <runtime/environment.hpp>

namespace runtime {

namespace detail {
/// Null in the first thread, which is older than its thread-local memory.
extern thread_local constinit abi::MessagePage* thread_message_page;
} // namespace detail

inline abi::MessagePage& message_page() {
    auto* const page = detail::thread_message_page;
    return page != nullptr ? *page : *environment().message_page;
}

/// What an inspecting call wrote, copied out before the next call overwrites it.
template <class Info> inline Info info_from_message_page() {
    Info info;
    __builtin_memcpy(&info, message_page().text, sizeof(info));
    return info;
}

} // namespace runtime
