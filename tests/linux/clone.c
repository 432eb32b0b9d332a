// clone, clone3 and vfork: flags that go together and those that don't, and what children share.
#include "say.h"
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int shared;
static char stack[65536] __attribute__((aligned(16)));

static int child(void* word) {
    shared = 7;
    _exit((int)(long)word);
}

static long clone3(struct clone_args* args, size_t size) {
    return syscall(SYS_clone3, args, size);
}

static void flags(void) {
    static unsigned long long const wrong[] = {
        CLONE_SIGHAND, CLONE_THREAD | CLONE_VM, CLONE_THREAD, CLONE_SIGHAND | CLONE_THREAD,
        CLONE_NEWNS | CLONE_FS, CLONE_VM | CLONE_SIGHAND | CLONE_CLEAR_SIGHAND, 0x7f, CLONE_DETACHED,
        1ull << 40};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct clone_args args = {.flags = wrong[i], .exit_signal = SIGCHLD};
        long pid = clone3(&args, sizeof args);
        if (pid == 0) _exit(0);
        say("clone3 with flags %llx: %s", wrong[i], outcome(pid));
    }
    struct {
        struct clone_args args;
        uint64_t more;
    } large = {.args = {.exit_signal = SIGCHLD}, .more = 1};
    say("clone3 with unknown words: %s", outcome(clone3(&large.args, sizeof large)));
    say("clone3 too small: %s", outcome(clone3(&large.args, 56)));
    struct clone_args half = {.exit_signal = SIGCHLD, .stack_size = 4096};
    say("clone3 with half a stack: %s", outcome(clone3(&half, sizeof half)));
    struct clone_args loud = {.exit_signal = 65};
    say("clone3 with signal 65: %s", outcome(clone3(&loud, sizeof loud)));
    struct clone_args sibling = {.flags = CLONE_PARENT, .exit_signal = SIGUSR1};
    say("clone3 of a sibling with a signal: %s", outcome(clone3(&sibling, sizeof sibling)));
    int tids[2] = {getpid(), 1};
    struct clone_args taken = {
        .exit_signal = SIGCHLD, .set_tid = (uintptr_t)tids, .set_tid_size = 1};
    say("clone3 with a number that is taken: %s", outcome(clone3(&taken, sizeof taken)));
    taken.set_tid_size = 33;
    say("clone3 with too many numbers: %s", outcome(clone3(&taken, sizeof taken)));
    taken.set_tid_size = 0;
    say("clone3 with numbers of no count: %s", outcome(clone3(&taken, sizeof taken)));
    tids[0] = 30001;
    taken.set_tid_size = 1;
    long pid = clone3(&taken, sizeof taken);
    if (pid == 0) _exit(getpid() == 30001 ? 5 : 6);
    int status = 0;
    waitpid(pid, &status, 0);
    say("clone3 with a number: %d, status %x", pid == 30001, status);
}

static void sharing(void) {
    int status;
    shared = 1;
    pid_t pid = clone(child, stack + sizeof stack, SIGCHLD, (void*)3);
    waitpid(pid, &status, 0);
    say("without CLONE_VM: %d, status %x", shared, status);
    pid = clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, (void*)4);
    waitpid(pid, &status, 0);
    say("with CLONE_VM: %d, status %x", shared, status);
    signal(SIGUSR2, SIG_IGN);
    pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGUSR2, (void*)5);
    say("waited for as a child: %s", outcome(waitpid(pid, &status, WNOHANG)));
    long const found = waitpid(pid, &status, __WCLONE);
    say("with __WCLONE: %s, status %x", outcome(found), status);
}

static void on_signal(int number) { say("signal %d", number); }

/// A sibling tells of its end as its maker does, whatever it wishes.
static void siblings(void) {
    signal(SIGUSR1, on_signal);
    signal(SIGCHLD, SIG_DFL);
    int pipes[2];
    if (pipe(pipes) != 0) return;
    pid_t const maker = fork();
    if (maker == 0) {
        pid_t pid = syscall(SYS_clone, CLONE_PARENT | SIGUSR1, 0, 0, 0, 0);
        if (pid == 0) _exit(getppid() == 1 ? 1 : 42);
        if (write(pipes[1], &pid, sizeof pid) != sizeof pid) _exit(1);
        _exit(0);
    }
    pid_t sibling = 0;
    if (read(pipes[0], &sibling, sizeof sibling) != sizeof sibling) return;
    int status = 0;
    waitpid(maker, &status, 0);
    say("maker %x", status);
    pid_t const found = waitpid(sibling, &status, 0);
    say("sibling %d, status %x", found == sibling, status);
    close(pipes[0]);
    close(pipes[1]);
}

static void descriptors_of_processes(void) {
    int fd = -1;
    pid_t pid = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &fd, 0, 0);
    if (pid == 0) {
        pause();
        _exit(0);
    }
    say("close on exec %d", fcntl(fd, F_GETFD));
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    say("poll while it runs: %d", poll(&poll_fd, 1, 0));
    siginfo_t info = {0};
    long result = waitid(P_PIDFD, fd, &info, WEXITED | WNOHANG);
    say("waitid: %s, pid %d", outcome(result), info.si_pid);
    say("signal 0: %s", outcome(syscall(SYS_pidfd_send_signal, fd, 0, 0, 0)));
    say("with flags: %s", outcome(syscall(SYS_pidfd_send_signal, fd, 0, 0, 1 << 20)));
    say("kill: %s", outcome(syscall(SYS_pidfd_send_signal, fd, SIGTERM, 0, 0)));
    result = poll(&poll_fd, 1, 5000);
    say("poll: %ld, %x", result, poll_fd.revents);
    result = waitid(P_PIDFD, fd, &info, WEXITED);
    say("waitid: %s, pid %d, status %d", outcome(result), info.si_pid == pid, info.si_status);
    say("waitid again: %s", outcome(waitid(P_PIDFD, fd, &info, WEXITED)));
    say("signal to nobody: %s", outcome(syscall(SYS_pidfd_send_signal, fd, 0, 0, 0)));
    say("waitid of no process: %s", outcome(waitid(P_PIDFD, 0, &info, WEXITED)));
    close(fd);
    say("pidfd_open of nobody: %s", outcome(syscall(SYS_pidfd_open, 29999, 0)));
    say("pidfd_open of 0: %s", outcome(syscall(SYS_pidfd_open, 0, 0)));
    say("pidfd_open with flags: %s", outcome(syscall(SYS_pidfd_open, getpid(), 1)));
    fd = syscall(SYS_pidfd_open, getpid(), 0);
    int const copy = syscall(SYS_pidfd_getfd, fd, 1, 0);
    char const text[] = "through a descriptor of another number\n";
    if (write(copy, text, sizeof text - 1) < 0) say("no copy");
    say("getfd of none: %s", outcome(syscall(SYS_pidfd_getfd, fd, 999, 0)));
    int tid_word = 0;
    say("both words: %s",
        outcome(syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 0, &tid_word, 0, 0)));
}

static void handlers(void) {
    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, SIG_IGN);
    struct clone_args args = {.flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
    pid_t pid = clone3(&args, sizeof args);
    if (pid == 0) {
        struct sigaction one, two;
        sigaction(SIGUSR1, 0, &one);
        sigaction(SIGUSR2, 0, &two);
        _exit((one.sa_handler == SIG_DFL) | (two.sa_handler == SIG_IGN) << 1);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    say("handlers cleared: %x", status);
}

static void vfork_waits(void) {
    shared = 0;
    pid_t pid = vfork();
    if (pid == 0) {
        usleep(20000);
        shared = 9;
        _exit(0);
    }
    say("after vfork: %d", shared);
    waitpid(pid, 0, 0);
    pid = vfork();
    if (pid == 0) {
        execl("/none", "none", (char*)0);
        _exit(errno == ENOENT ? 3 : 4);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    say("vfork and no exec: %x", status);
    char* words[] = {"spawned", "child", 0};
    extern char** environ;
    int error = posix_spawn(&pid, "/proc/self/exe", 0, 0, words, environ);
    waitpid(pid, &status, 0);
    say("posix_spawn: %d, %x", error, status);
    say("posix_spawn of nothing: %s", strerrorname_np(posix_spawn(&pid, "/none", 0, 0, words, environ)));
}

static void* wait_for_ever(void* word) {
    for (;;) pause();
    return word;
}

static void* exec_from_here(void* fd) {
    char text[16];
    snprintf(text, sizeof text, "%d", getpid());
    execl("/proc/self/exe", "executed", text, (char*)0);
    return fd;
}

/// The thread that execs becomes the process; the others are gone.
static void exec_from_a_thread(void) {
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t others[3], one;
        for (int i = 0; i < 3; i++) pthread_create(&others[i], 0, wait_for_ever, 0);
        pthread_create(&one, 0, exec_from_here, 0);
        for (;;) pause();
    }
    int status = 0;
    waitpid(pid, &status, 0);
    say("exec from a thread: %x", status);
}

static void name_spaces(void) {
    say("unshare of files: %s", outcome(unshare(CLONE_FILES | CLONE_FS)));
    say("unshare of nonsense: %s", outcome(unshare(CLONE_VFORK)));
    say("setns of no descriptor: %s", outcome(setns(-1, 0)));
    say("setns of a pipe: %s", outcome(setns(0, 0)));
}

int main(int count, char** words) {
    if (strcmp(words[0], "spawned") == 0) return count == 2 ? 11 : 12;
    if (strcmp(words[0], "executed") == 0)
        return getpid() == atoi(words[1]) && syscall(SYS_gettid) == getpid() ? 21 : 22;
    flags();
    sharing();
    siblings();
    descriptors_of_processes();
    handlers();
    vfork_waits();
    exec_from_a_thread();
    name_spaces();
}
