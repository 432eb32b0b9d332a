// Part of the freestanding C library headers that libc++ asks for; see cmake/README.md.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void* memcpy(void*, void const*, size_t);
void* memmove(void*, void const*, size_t);
void* memset(void*, int, size_t);
int memcmp(void const*, void const*, size_t);
size_t strlen(char const*);
int strcmp(char const*, char const*);
int strncmp(char const*, char const*, size_t);

#ifdef __cplusplus
}
#endif
