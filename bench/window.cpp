#include <bench/window.hpp>

extern "C" [[gnu::noinline]] void bench_window_begins() { asm volatile("" ::: "memory"); }
extern "C" [[gnu::noinline]] void bench_window_ends() { asm volatile("" ::: "memory"); }
