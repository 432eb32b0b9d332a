// Clocks and timers: what they refuse, and what they do, told so that it does not depend on how fast a machine is.
#include "say.h"
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>

static volatile int rang;
static siginfo_t last;
static void record(int number, siginfo_t* info, void* context) {
    (void)number, (void)context;
    last = *info;
    rang++;
}

static void handle(int number) {
    struct sigaction action = {.sa_sigaction = record, .sa_flags = SA_SIGINFO};
    sigaction(number, &action, 0);
}

static void work_until(int times) {
    while (rang < times)
        for (volatile int i = 0; i < 100000; i++) {
        }
}

static void interval_timers(void) {
    static int const signals[] = {SIGALRM, SIGVTALRM, SIGPROF};
    for (int which = 0; which < 3; which++) {
        handle(signals[which]);
        struct itimerval timer = {{0, 5000}, {0, 10000}}, now;
        rang = 0;
        setitimer(which, &timer, 0);
        getitimer(which, &now);
        say("timer %d: left %d, interval %ld", which, now.it_value.tv_usec > 0 && now.it_value.tv_usec <= 14000,
            now.it_interval.tv_usec / 5000);
        work_until(3);
        say("rang, code %d", last.si_code);
        struct itimerval const off = {{0, 0}, {0, 0}};
        setitimer(which, &off, &now);
        say("off: interval was %ld", now.it_interval.tv_usec / 5000);
        getitimer(which, &now);
        say("now %ld %ld", (long)now.it_value.tv_usec, (long)now.it_interval.tv_usec);
    }
    struct itimerval const wrong = {{0, 0}, {0, 1000000}};
    say("wrong time: %s", outcome(setitimer(0, &wrong, 0)));
    say("no such timer: %s", outcome(setitimer(3, &wrong, 0)));
    alarm(100);
    usleep(1000);
    say("alarm: %d", alarm(0));
    say("none: %d", alarm(0));
}

static void timers(void) {
    handle(SIGRTMIN);
    handle(SIGALRM);
    static clockid_t const clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_PROCESS_CPUTIME_ID,
                                       CLOCK_THREAD_CPUTIME_ID};
    for (int i = 0; i < 5; i++) {
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value = {.sival_int = 40 + i}};
        timer_t timer;
        int const made = timer_create(clocks[i], &event, &timer);
        struct itimerspec spec = {{0, 5000000}, {0, 10000000}}, now;
        rang = 0;
        timer_settime(timer, 0, &spec, 0);
        timer_gettime(timer, &now);
        say("clock %d: %s, interval %ld, left %d", clocks[i], outcome(made), now.it_interval.tv_nsec / 1000000,
            now.it_value.tv_nsec > 0);
        work_until(3);
        say("rang: code %d, value %d, overrun %d", last.si_code, last.si_value.sival_int, last.si_overrun >= 0);
        memset(&spec, 0, sizeof spec);
        timer_settime(timer, 0, &spec, &now);
        say("was: interval %ld", now.it_interval.tv_nsec / 1000000);
        timer_gettime(timer, &now);
        say("off: %ld %ld", now.it_value.tv_nsec, now.it_interval.tv_nsec);
        say("deleted: %s", outcome(timer_delete(timer)));
    }
    // While its signal is blocked it counts.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, 0);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    timer_t timer;
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    struct itimerspec spec = {{0, 1000000}, {0, 1000000}};
    timer_settime(timer, 0, &spec, 0);
    usleep(30000);
    rang = 0;
    sigprocmask(SIG_UNBLOCK, &set, 0);
    timer_settime(timer, 0, &(struct itimerspec){{0, 0}, {0, 0}}, 0);
    say("overrun %d", last.si_overrun >= 20 && last.si_overrun < 2000);
    // Once, and absolute in the past.
    rang = 0;
    spec = (struct itimerspec){{0, 0}, {1, 0}};
    timer_settime(timer, TIMER_ABSTIME, &spec, 0);
    work_until(1);
    struct itimerspec now;
    timer_gettime(timer, &now);
    say("once: left %ld %ld", now.it_value.tv_sec, now.it_value.tv_nsec);
    spec = (struct itimerspec){{0, 0}, {0, 1000000000}};
    say("wrong time: %s", outcome(timer_settime(timer, 0, &spec, 0)));
    timer_delete(timer);
    say("deleted twice: %s", outcome(syscall(SYS_timer_delete, 12345)));
    say("overrun of none: %s", outcome(syscall(SYS_timer_getoverrun, 12345)));
    // To one thread; silent; without a word.
    event = (struct sigevent){.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
    event._sigev_un._tid = (int)syscall(SYS_gettid);
    say("to this thread: %s", outcome(timer_create(CLOCK_MONOTONIC, &event, &timer)));
    rang = 0;
    spec = (struct itimerspec){{0, 0}, {0, 1000000}};
    timer_settime(timer, 0, &spec, 0);
    work_until(1);
    timer_delete(timer);
    event._sigev_un._tid = 1;
    say("to another's: %s", outcome(timer_create(CLOCK_MONOTONIC, &event, &timer)));
    event = (struct sigevent){.sigev_notify = SIGEV_NONE};
    say("silent: %s", outcome(timer_create(CLOCK_MONOTONIC, &event, &timer)));
    spec = (struct itimerspec){{0, 0}, {0, 1000000}};
    timer_settime(timer, 0, &spec, 0);
    usleep(3000);
    timer_gettime(timer, &now);
    say("it has passed: %ld", now.it_value.tv_nsec);
    timer_delete(timer);
    rang = 0;
    int number = -1;
    say("without an event: %s", outcome(syscall(SYS_timer_create, CLOCK_MONOTONIC, 0, &number)));
    struct itimerspec soon = {{0, 0}, {0, 1000000}};
    syscall(SYS_timer_settime, number, 0, &soon, 0);
    work_until(1);
    say("signal %d, value is its number %d", last.si_signo, last.si_value.sival_int == number);
    event = (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = 65};
    say("signal 65: %s", outcome(timer_create(CLOCK_MONOTONIC, &event, &timer)));
    event.sigev_notify = 17;
    say("unknown notice: %s", outcome(timer_create(CLOCK_MONOTONIC, &event, &timer)));
    say("coarse clock: %s", outcome(syscall(SYS_timer_create, CLOCK_MONOTONIC_COARSE, 0, &number)));
    say("no such clock: %s", outcome(syscall(SYS_timer_create, 77, 0, &number)));
    // A child has none of them.
    timer_create(CLOCK_MONOTONIC, 0, &timer);
    pid_t const pid = fork();
    if (pid == 0) _exit(timer_delete(timer) == 0 ? 1 : 2);
    int status;
    waitpid(pid, &status, 0);
    say("in a child: %x", status);
}

static void* burn(void* word) {
    for (;;)
        for (volatile int i = 0; i < 1000000; i++) {
        }
    return word;
}

static void clocks(void) {
    struct timespec now, until;
    say("resolution: %s", outcome(clock_getres(CLOCK_MONOTONIC, &now)));
    say("%ld %ld", (long)now.tv_sec, now.tv_nsec);
    say("no such clock: %s", outcome(clock_gettime(77, &now)));
    say("tai: %s", outcome(clock_gettime(CLOCK_TAI, &now)));
    clockid_t clock;
    say("of process 1's family: %s", strerrorname_np(clock_getcpuclockid(29999, &clock)));
    clock_getcpuclockid(0, &clock);
    say("of this process: %s", outcome(clock_gettime(clock, &now)));
    pthread_t thread;
    pthread_create(&thread, 0, burn, 0);
    pthread_getcpuclockid(thread, &clock);
    struct timespec const some = {0, 20000000};
    say("sleep while it works: %d", clock_nanosleep(clock, 0, &some, 0));
    say("it has worked: %d", clock_gettime(clock, &now) == 0 && (now.tv_sec > 0 || now.tv_nsec >= 20000000));
    say("sleep while all work: %d", clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &some, 0));
    say("while I work: %s", strerrorname_np(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &some, 0)));
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 5000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    say("until then: %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0));
    clock_gettime(CLOCK_MONOTONIC, &now);
    say("it is then: %d", now.tv_sec > until.tv_sec || (now.tv_sec == until.tv_sec && now.tv_nsec >= until.tv_nsec));
    clock_gettime(CLOCK_REALTIME, &until);
    say("past: %d", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, 0));
    say("boot: %d", clock_nanosleep(CLOCK_BOOTTIME, 0, &(struct timespec){0, 1000}, 0));
    say("coarse: %s", strerrorname_np(clock_nanosleep(CLOCK_MONOTONIC_COARSE, 0, &some, 0)));
    say("wrong: %s", strerrorname_np(clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){0, -1}, 0)));
    struct timex state = {0};
    say("adjtimex: %d", adjtimex(&state) >= 0);
    say("tick %ld, time %d", state.tick, state.time.tv_sec > 1600000000);
    say("of another clock: %s", outcome(clock_adjtime(CLOCK_MONOTONIC, &state)));
    pid_t const pid = fork();
    if (pid == 0) {
        if (setuid(12345) != 0) _exit(1);
        state.modes = ADJ_FREQUENCY;
        say("steered by a nobody: %s", outcome(adjtimex(&state)));
        say("set by a nobody: %s", outcome(clock_settime(CLOCK_REALTIME, &now)));
        _exit(0);
    }
    waitpid(pid, 0, 0);
    say("monotonic set: %s", outcome(clock_settime(CLOCK_MONOTONIC, &now)));
}

static void limits(void) {
    for (int hard = 1; hard <= 2; hard++) {
        pid_t const pid = fork();
        if (pid == 0) {
            struct rlimit const limit = {1, (rlim_t)hard};
            setrlimit(RLIMIT_CPU, &limit);
            if (hard == 2) {
                handle(SIGXCPU);
                work_until(1);
                say("SIGXCPU");
            }
            burn(0);
        }
        int status;
        waitpid(pid, &status, 0);
        say("processor time up to %d s: %x", hard, status & 0x7f);
    }
    pid_t const pid = fork();
    if (pid == 0) {
        struct rlimit const limit = {10, 10};
        setrlimit(RLIMIT_FSIZE, &limit);
        FILE* const file = tmpfile();
        say("eight bytes: %ld", (long)write(fileno(file), "12345678", 8));
        say("eight more: %ld", (long)write(fileno(file), "12345678", 8));
        signal(SIGXFSZ, SIG_IGN);
        say("more: %s", outcome(write(fileno(file), "12345678", 8)));
        signal(SIGXFSZ, SIG_DFL);
        if (write(fileno(file), "12345678", 8) < 0) _exit(1);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    say("too large a file: %x", status & 0x7f);
}

int main(void) {
    struct rlimit const none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    interval_timers();
    timers();
    clocks();
    limits();
}
