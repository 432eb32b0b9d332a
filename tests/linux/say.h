// What the test programs print with: a line each, at once, so that children don't print it again.
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef __GLIBC__
static inline char const* strerrorname_np(int number) { return strerror(number); }
#endif

static void say(char const* format, ...) {
    char line[512];
    va_list words;
    va_start(words, format);
    int n = vsnprintf(line, sizeof line - 1, format, words);
    va_end(words);
    line[n++] = '\n';
    if (write(1, line, n) != n) _exit(99);
}

/// The result of a call by its name: 0 and above as "ok", otherwise what errno says.
static char const* outcome(long result) {
    return result >= 0 ? "ok" : strerrorname_np(errno);
}
