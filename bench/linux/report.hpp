#pragma once
// How a figure is taken and told: the median of many samples, in ticks of the time-stamp counter,
// less what reading it costs. Lines as the kernel's benchmarks write them, to standard output; a
// program can't see switches and flushes, so dashes stand there.

#include <bench/linux/calls.hpp>

namespace measure {

inline constexpr int many = 201;
/// Of what takes long: processes.
inline constexpr int few = 51;
/// Rounds before the first sample: pages are there, the caches of the system are warm.
inline constexpr int warm_up = 20;

class Line {
public:
    Line() {}
    Line& text(char const* s);
    Line& number(Word n);
    void print();

private:
    char bytes_[128]; // filled as it is used: there is no library to clear it
    Word used_ = 0;
    void put(char c) {
        if (used_ < sizeof bytes_) bytes_[used_++] = c;
    }
};

/// Only figures whose name contains this are taken.
extern char const* pattern;
bool wanted(char const* name);

void report(char const* name, Word value);
/// What this system can't do has a dash for its figure.
void report_absent(char const* name);

class Samples {
public:
    void add(Word value) {
        if (count_ < many) values_[count_++] = value;
    }
    void clear() { count_ = 0; }
    void report(char const* name);

private:
    Word values_[many] = {};
    int count_ = 0;
};

/// What two readings with nothing between them differ by.
inline Word empty_pair() {
    auto const begin = ticks();
    return ticks() - begin;
}

/// `step` gets the number of its round; one that returns false can't be done here.
template <class Step> void measure(char const* name, int count, Step step) {
    if (!wanted(name)) return;
    static constinit Samples samples; // not on the stack, whose pages a fork copies
    samples.clear();
    for (int i = 0; i < warm_up + count; i++) {
        auto const begin = ticks();
        bool const done = step(i);
        auto const end = ticks();
        if (!done) return report_absent(name);
        if (i >= warm_up) samples.add(end - begin - empty_pair());
    }
    samples.report(name);
}

/// A process that runs `body` until this goes.
class Peer {
public:
    template <class Body> explicit Peer(Body body) : process_(fork()) {
        if (process_ != 0) return;
        body();
        exit(0);
    }
    Peer(Peer const&) = delete;
    ~Peer() {
        if (process_ <= 0) return;
        kill(process_, kill_signal);
        wait_for(process_);
    }
    long process() const { return process_; }

private:
    long process_;
};

/// A stack of its own with one thread on it; a second one only when the first has ended.
class Thread {
public:
    Thread();
    Thread(Thread const&) = delete;
    ~Thread();
    bool start(void (*body)(void*), void* argument);
    void join();

private:
    static constexpr Word stack_bytes = 8 * page_bytes;
    void* stack_;
    int id_ = 0; // the kernel clears it at the thread's end, and wakes who waits for that
};

// The groups of figures.
void measure_calls();
/// What follows the arguments on the stack: the environment, and the auxiliary vector behind it.
void measure_vdso(char** environment);
void measure_channels();
void measure_futexes();
void measure_scheduling();
void measure_processes();
void measure_memory();
void measure_signals();
void measure_files();
void measure_pager();

} // namespace measure
