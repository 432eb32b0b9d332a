#pragma once
// Result<T>: a value or an abi::Error, in RAX:RDX. TRY returns the error to the caller or yields
// the value.

#include <abi/error.hpp>

#include <expected>
#include <utility>

namespace base {

template <class T = void> using Result = std::expected<T, abi::Error>;

constexpr std::unexpected<abi::Error> fail(abi::Error error) { return std::unexpected(error); }

} // namespace base

// The one macro of the house: the value of a Result (or nothing, for Result<>), or an early return
// with its error.
#define TRY(expression)                                                                            \
    ({                                                                                             \
        auto try_result = (expression);                                                            \
        if (!try_result) [[unlikely]]                                                              \
            return ::base::fail(try_result.error());                                               \
        *std::move(try_result);                                                                    \
    })
