#pragma once
// The window of time that a plugin of the emulator looks at (tools/plugin/window.cpp): it knows the
// addresses of these two, which do nothing.

extern "C" {
void bench_window_begins();
void bench_window_ends();
}
