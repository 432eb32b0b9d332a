// Part of the freestanding C library headers that libc++ asks for; see cmake/README.md.
#pragma once

#include <stddef.h>

#define EOF (-1)

typedef struct no_file FILE;
typedef long fpos_t;

#ifdef __cplusplus
extern "C" int remove(char const*);
#endif
