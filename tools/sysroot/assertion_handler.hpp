// -*- C++ -*-
// What libc++'s hardened containers do when they are misused: say where, then stop the program. The
// function is the runtime's (runtime/libc); the message carries file, line and the broken
// condition.
#ifndef _LIBCPP___ASSERTION_HANDLER
#define _LIBCPP___ASSERTION_HANDLER

#include <__config>

#if !defined(_LIBCPP_HAS_NO_PRAGMA_SYSTEM_HEADER)
#pragma GCC system_header
#endif

extern "C" [[noreturn]] void __skerry_hardening_failed(char const* message) noexcept;

#define _LIBCPP_ASSERTION_HANDLER(message) ::__skerry_hardening_failed(message)

#endif
