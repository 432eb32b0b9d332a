// Part of the freestanding C library headers that libc++ asks for; see cmake/README.md.
#pragma once

#include <stddef.h>

typedef struct {
    int quot, rem;
} div_t;

typedef struct {
    long quot, rem;
} ldiv_t;

typedef struct {
    long long quot, rem;
} lldiv_t;

#ifdef __cplusplus
extern "C" {
[[noreturn]] void abort(void);
ldiv_t ldiv(long, long);
lldiv_t lldiv(long long, long long);
}
#endif
