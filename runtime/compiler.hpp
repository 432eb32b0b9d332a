#pragma once
// The only place that asks the compiler how it was told to compile.

namespace runtime {

/// False in programs that must not touch x87, SSE or AVX registers.
constexpr bool uses_fpu =
#ifdef __SSE__
    true;
#else
    false;
#endif

} // namespace runtime
