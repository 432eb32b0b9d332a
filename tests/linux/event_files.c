// eventfd, signalfd, timerfd and epoll of them: what each call answers. The same on Linux and on
// Skerry.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(char const* what, long answer) {
    printf("%s: %ld%s%s\n", what, answer, answer < 0 ? " " : "",
           answer < 0 ? strerrorname_np(errno) : "");
}
#define T(call) say(#call, (call))

static void print_link(int fd) {
    char path[64], name[64] = {0};
    sprintf(path, "/proc/self/fd/%d", fd);
    readlink(path, name, 63);
    printf("%s\n", name);
}

static void counters(void) {
    uint64_t v;
    int const one = eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK);
    print_link(one);
    for (int i = 0; i < 4; i++) T(read(one, &v, 8));
    v = (uint64_t)-2;
    T(write(one, &v, 8));
    v = 1;
    T(write(one, &v, 8));
    v = (uint64_t)-1;
    T(write(one, &v, 8));
    T(write(one, &v, 4));
    T(read(one, &v, 4));
    T(eventfd(0, 0x10));
    close(one);
}

static void signals(void) {
    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, SIGUSR1);
    sigaddset(&s, SIGCHLD);
    sigprocmask(SIG_BLOCK, &s, NULL);
    int const fd = signalfd(-1, &s, SFD_NONBLOCK | SFD_CLOEXEC);
    print_link(fd);
    struct signalfd_siginfo si;
    T(read(fd, &si, sizeof si));
    T(read(fd, &si, 100));
    int const epoll = epoll_create1(EPOLL_CLOEXEC);
    print_link(epoll);
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = 7}, out[4];
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
    T(epoll_wait(epoll, out, 4, 0));
    raise(SIGUSR1);
    T(epoll_wait(epoll, out, 4, 0));
    printf("%x %u\n", out[0].events, out[0].data.u32);
    T(read(fd, &si, sizeof si));
    printf("%u %d self %d\n", si.ssi_signo, si.ssi_code, si.ssi_pid == (unsigned)getpid());
    T(epoll_wait(epoll, out, 4, 0));
    pid_t const child = fork();
    if (child == 0) _exit(3);
    T(epoll_wait(epoll, out, 4, -1));
    T(read(fd, &si, sizeof si));
    printf("%u %d child %d status %d\n", si.ssi_signo, si.ssi_code, si.ssi_pid == (unsigned)child,
           si.ssi_status);
    waitpid(child, NULL, 0);
    sigdelset(&s, SIGUSR1);
    T(signalfd(fd, &s, 0) == fd);
    raise(SIGUSR1);
    T(read(fd, &si, sizeof si));
    sigaddset(&s, SIGUSR1);
    signalfd(fd, &s, 0);
    T(read(fd, &si, sizeof si));
    T(signalfd(epoll, &s, 0));
    close(fd);
    close(epoll);
}

static void timers(void) {
    int const fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    print_link(fd);
    struct itimerspec it = {{0, 5000000}, {0, 5000000}};
    T(timerfd_settime(fd, 0, &it, NULL));
    struct pollfd p = {fd, POLLIN, 0};
    T(poll(&p, 1, -1));
    printf("%x\n", p.revents);
    usleep(20000);
    uint64_t v;
    T(read(fd, &v, 8));
    printf("several %d\n", v >= 3);
    it = (struct itimerspec){{0, 0}, {0, 0}};
    T(timerfd_settime(fd, 0, &it, NULL));
    T(read(fd, &v, 8));
    it.it_value.tv_nsec = 1;
    T(timerfd_settime(fd, TFD_TIMER_ABSTIME, &it, NULL)); // long ago
    T(read(fd, &v, 8));
    it.it_value.tv_nsec = 1000000000;
    T(timerfd_settime(fd, 0, &it, NULL));
    T(timerfd_settime(fd, 8, &it, NULL));
    T(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
    int const real = timerfd_create(CLOCK_REALTIME, 0);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    it.it_value = now;
    it.it_value.tv_sec += 100;
    T(timerfd_settime(real, TFD_TIMER_ABSTIME, &it, NULL));
    T(timerfd_gettime(real, &it));
    printf("left %d\n", it.it_value.tv_sec >= 98 && it.it_value.tv_sec <= 100);
    close(fd);
    close(real);
}

static void epolls(void) {
    int const epoll = epoll_create1(0), counter = eventfd(1, 0);
    struct epoll_event e = {.events = EPOLLIN | EPOLLET}, out[4];
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, counter, &e));
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, counter, &e));
    T(epoll_wait(epoll, out, 4, 0));
    T(epoll_wait(epoll, out, 4, 0));
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, open("/etc/passwd", O_RDONLY), &e));
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, open("/dev/null", O_RDONLY), &e));
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, open("/tmp", O_RDONLY), &e));
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, -1, &e));
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, epoll, &e));
    T(epoll_ctl(epoll, 77, counter, &e));
    T(epoll_wait(epoll, out, 0, 0));
    T(epoll_wait(counter, out, 1, 0));
    T(epoll_wait(epoll, out, 4, 10));
    e.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT;
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, eventfd(0, 0), &e));
    e.events = EPOLLIN | EPOLLEXCLUSIVE;
    T(epoll_ctl(epoll, EPOLL_CTL_MOD, counter, &e));

    int p[2];
    pipe(p);
    e.events = EPOLLIN | EPOLLONESHOT;
    e.data.u32 = 9;
    T(epoll_ctl(epoll, EPOLL_CTL_ADD, p[0], &e));
    pid_t const child = fork();
    if (child == 0) {
        usleep(10000);
        write(p[1], "x", 1);
        _exit(0);
    }
    T(epoll_wait(epoll, out, 4, -1));
    printf("%u %x\n", out[0].data.u32, out[0].events);
    waitpid(child, NULL, 0);
    T(epoll_wait(epoll, out, 4, 20));
    T(epoll_ctl(epoll, EPOLL_CTL_MOD, p[0], &e));
    T(epoll_wait(epoll, out, 4, 0));
    close(p[1]);
    T(epoll_ctl(epoll, EPOLL_CTL_MOD, p[0], &e));
    T(epoll_wait(epoll, out, 4, 0));
    printf("%x\n", out[0].events);
    close(p[0]);
    T(epoll_wait(epoll, out, 4, 0));

    int chain[7];
    for (int i = 0; i < 7; i++) chain[i] = epoll_create1(0);
    e.events = EPOLLIN;
    for (int i = 0; i < 6; i++) T(epoll_ctl(chain[i + 1], EPOLL_CTL_ADD, chain[i], &e));
    T(epoll_ctl(chain[0], EPOLL_CTL_ADD, chain[3], &e));
    T(epoll_ctl(chain[0], EPOLL_CTL_ADD, counter, &e));
    T(epoll_wait(chain[3], out, 4, 0));
}

int main(void) {
    setbuf(stdout, NULL);
    counters();
    signals();
    timers();
    epolls();
    return 0;
}
