#pragma once
// A program that takes the kernel apart has nothing to go on with if it can't be set up: it says
// why and ends. Not for services.

#include <base/result.hpp>
#include <runtime/log.hpp>

#include <string_view>
#include <type_traits>

namespace lab {

[[noreturn]] inline void give_up(std::string_view what, abi::Error error) {
    runtime::give_up("{}: {}", what, error);
}

/// The value, or the end.
template <class T> T must(base::Result<T>&& result, std::string_view what) {
    if (!result) give_up(what, result.error());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

} // namespace lab
