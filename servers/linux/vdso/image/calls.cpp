// The vDSO: what every program finds mapped beside itself, under the names and the version that
// libraries look for (vdso(7)). It runs with the program's rights and reads the page before it;
// what it can't answer from there becomes the system call.
//
// Names and types are those of Linux; there is no library below it.

#include <servers/linux/vdso/time_page.hpp>

#include <cstddef>
#include <cstdint>

/// Where the image begins; the linker knows.
extern "C" [[gnu::visibility("hidden")]] char const __ehdr_start;

namespace {

using personality::TimePage;

struct Timespec {
    std::int64_t seconds, nanoseconds;
};
struct Timeval {
    std::int64_t seconds, microseconds;
};
struct Timezone {
    std::int32_t minutes_west, summer_time;
};

constexpr std::uint64_t ns_per_second = 1'000'000'000;
constexpr long inval = -22, nosys = -38;

namespace number {
constexpr long gettimeofday = 96, time = 201, clock_gettime = 228, clock_getres = 229, getcpu = 309,
               getrandom = 318;
}

namespace clock_id {
constexpr unsigned realtime = 0, monotonic = 1, monotonic_raw = 4, realtime_coarse = 5,
                   monotonic_coarse = 6, boottime = 7, tai = 11;
constexpr unsigned bit(unsigned id) { return 1U << id; }
constexpr unsigned of_wall = bit(realtime) | bit(realtime_coarse) | bit(tai);
constexpr unsigned since_boot =
    bit(monotonic) | bit(monotonic_raw) | bit(monotonic_coarse) | bit(boottime);
} // namespace clock_id

long call(long which, long a, long b = 0, long c = 0) {
    long result;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(which), "D"(a), "S"(b), "d"(c)
                 : "rcx", "r11", "memory");
    return result;
}

template <class T> long word(T* pointer) { return reinterpret_cast<long>(pointer); }

TimePage const& page() {
    constexpr std::ptrdiff_t page_bytes = 4096;
    return *reinterpret_cast<TimePage const*>(&__ehdr_start - page_bytes);
}

std::uint64_t read_tsc() {
    std::uint32_t low, high;
    // LFENCE: the counter is not read before what comes before.
    asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return std::uint64_t{high} << 32 | low;
}

/// The time in ns; false: the page has none.
bool read(bool wall, std::uint64_t& ns) {
    auto const& time = page();
    for (;;) {
        auto const before = time.sequence.load(std::memory_order_acquire);
        auto const base_tsc = time.base_tsc, multiplier = time.multiplier;
        auto const offset = wall ? time.base_ns + time.wall_offset_ns : time.base_ns;
        auto const now = read_tsc();
        std::atomic_thread_fence(std::memory_order_acquire);
        if ((before & 1) != 0 || time.sequence.load(std::memory_order_relaxed) != before) continue;
        if (multiplier == 0) return false;
        auto const ticks = now > base_tsc ? now - base_tsc : 0;
        ns = offset +
             static_cast<std::uint64_t>(static_cast<unsigned __int128>(ticks) * multiplier >> 32);
        return true;
    }
}

} // namespace

extern "C" {

[[gnu::visibility("default")]] long __vdso_clock_gettime(std::int32_t clock, Timespec* to) {
    auto const id = static_cast<unsigned>(clock);
    std::uint64_t ns = 0;
    unsigned const bit = id < 32 ? clock_id::bit(id) : 0;
    if ((bit & (clock_id::of_wall | clock_id::since_boot)) == 0 ||
        !read((bit & clock_id::of_wall) != 0, ns)) [[unlikely]]
        return call(number::clock_gettime, clock, word(to));
    to->seconds = static_cast<std::int64_t>(ns / ns_per_second);
    to->nanoseconds = static_cast<std::int64_t>(ns % ns_per_second);
    return 0;
}

[[gnu::visibility("default")]] long __vdso_gettimeofday(Timeval* to, Timezone* zone) {
    std::uint64_t ns = 0;
    if (!read(true, ns)) [[unlikely]]
        return call(number::gettimeofday, word(to), word(zone));
    if (to != nullptr) {
        to->seconds = static_cast<std::int64_t>(ns / ns_per_second);
        to->microseconds = static_cast<std::int64_t>(ns % ns_per_second / 1000);
    }
    if (zone != nullptr) *zone = {};
    return 0;
}

[[gnu::visibility("default")]] long __vdso_time(std::int64_t* to) {
    std::uint64_t ns = 0;
    if (!read(true, ns)) [[unlikely]]
        return call(number::time, word(to));
    auto const seconds = static_cast<std::int64_t>(ns / ns_per_second);
    if (to != nullptr) *to = seconds;
    return seconds;
}

[[gnu::visibility("default")]] long __vdso_clock_getres(std::int32_t clock, Timespec* to) {
    return call(number::clock_getres, clock, word(to));
}

[[gnu::visibility("default")]] long __vdso_getcpu(std::uint32_t* processor, std::uint32_t* node,
                                                  void*) {
    std::uint32_t self = 0;
    if (page().processors != 1) {
        if (page().numbered == 0) return call(number::getcpu, word(processor), word(node));
        asm volatile("rdtscp" : "=c"(self) : : "eax", "edx");
    }
    if (processor != nullptr) *processor = self;
    if (node != nullptr) *node = 0;
    return 0;
}

/// There are no states here that a library could allocate: asked for their size (`state_bytes` all
/// ones), it says so, and the library makes the call itself.
[[gnu::visibility("default")]] long __vdso_getrandom(void* buffer, std::size_t bytes,
                                                     std::uint32_t flags, void* state,
                                                     std::size_t state_bytes) {
    if (state_bytes == ~std::size_t{0}) return nosys;
    if (state != nullptr) return inval; // nobody was given one
    return call(number::getrandom, word(buffer), static_cast<long>(bytes), flags);
}
}
