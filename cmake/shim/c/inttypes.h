// Part of the freestanding C library headers that libc++ asks for; see cmake/README.md.
#pragma once

#include <stdint.h>

typedef struct {
    intmax_t quot, rem;
} imaxdiv_t;
