// Calls that hardly do anything: the way in and out.

#include <bench/linux/report.hpp>

namespace measure {

void measure_calls() {
    measure("linux/getpid", many, [](int) { return get_process() > 0; });
    measure("linux/no-such-call", many, [](int) { return call(9999) == -38; });
    measure("linux/yield/alone", many, [](int) { return yield() == 0; });
    measure("linux/clock-gettime/no-vdso", many, [](int) {
        Word time[2];
        return call(228, 1, address(time)) == 0;
    });
}

} // namespace measure
