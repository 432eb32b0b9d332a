// Processes and threads from birth to end.

#include <bench/linux/report.hpp>

namespace measure {
namespace {

char const* const nothing[] = {"/bin/nothing", nullptr};
char const* const no_environment[] = {nullptr};

[[gnu::always_inline]] inline void become_nothing() {
    execute(nothing[0], nothing, no_environment);
    exit(127);
}

bool ended_well(long child) {
    int status = -1;
    return child > 0 && wait_for(child, &status) == child && status == 0;
}

void end_at_once(void*) {}

} // namespace

void measure_processes() {
    measure("linux/fork-exit-wait", few, [](int) {
        auto const child = fork();
        if (child == 0) exit(0);
        return ended_well(child);
    });
    measure("linux/vfork-exit-wait", few, [](int) {
        auto const child = vfork();
        if (child == 0) exit(0);
        return ended_well(child);
    });
    measure("linux/fork-exec-wait", few, [](int) {
        auto const child = fork();
        if (child == 0) become_nothing();
        return ended_well(child);
    });
    measure("linux/vfork-exec-wait", few, [](int) {
        auto const child = vfork();
        if (child == 0) become_nothing();
        return ended_well(child);
    });
    Thread thread;
    measure("linux/thread-create-join", few, [&](int) {
        if (!thread.start(end_at_once, nullptr)) return false;
        thread.join();
        return true;
    });
}

} // namespace measure
