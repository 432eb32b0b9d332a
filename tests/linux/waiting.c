// wait4 and waitid, stopped and continued children, groups that lose their parent, subreapers.
#include "say.h"
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>

static char const* code_name(int code) {
    switch (code) {
    case CLD_EXITED: return "exited";
    case CLD_KILLED: return "killed";
    case CLD_DUMPED: return "dumped";
    case CLD_STOPPED: return "stopped";
    case CLD_CONTINUED: return "continued";
    default: return "nothing";
    }
}

static void tell(char const* what, siginfo_t const* info, pid_t pid) {
    say("%s: %s, signal %d, pid %d, status %d", what, code_name(info->si_code), info->si_signo,
        info->si_pid == pid, info->si_status);
}

static void one_child(void) {
    pid_t const pid = fork();
    if (pid == 0)
        for (;;) pause();
    siginfo_t info;
    memset(&info, 0xff, sizeof info);
    say("nothing yet: %s", outcome(waitid(P_ALL, 0, &info, WEXITED | WNOHANG)));
    say("pid %d signal %d", info.si_pid, info.si_signo);
    kill(pid, SIGSTOP);
    waitid(P_PID, pid, &info, WSTOPPED | WNOWAIT);
    tell("left", &info, pid);
    waitid(P_PID, pid, &info, WSTOPPED);
    tell("taken", &info, pid);
    int status = 0;
    say("again: %d", waitpid(pid, &status, WUNTRACED | WNOHANG));
    kill(pid, SIGCONT);
    pid_t found = waitpid(pid, &status, WCONTINUED);
    say("continued: %d, %x", found == pid, status);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    say("again stopped: %x", status);
    kill(pid, SIGKILL);
    waitid(P_PGID, getpgrp(), &info, WEXITED);
    tell("killed while it was stopped", &info, pid);
    say("no more children: %s", outcome(waitpid(-1, 0, 0)));
    say("no events: %s", outcome(waitid(P_ALL, 0, &info, WNOHANG)));
    say("unknown flag: %s", outcome(waitpid(-1, 0, 0x100)));
    say("unknown kind: %s", outcome(waitid(17, 0, &info, WEXITED)));
    say("the most negative: %s", outcome(wait4(-2147483648, 0, 0, 0)));
}

static void ends(void) {
    static int const signals[] = {SIGTERM, SIGSEGV, SIGABRT, SIGUSR1};
    for (int i = 0; i < 4; i++) {
        struct rlimit const none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        pid_t const pid = fork();
        if (pid == 0) {
            signal(signals[i], SIG_DFL);
            raise(signals[i]);
            _exit(0);
        }
        siginfo_t info;
        int status;
        waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
        tell("ended", &info, pid);
        waitpid(pid, &status, 0);
        say("status %x", status);
    }
}

static volatile sig_atomic_t told;
static siginfo_t last;
static void on_child(int number, siginfo_t* info, void* context) {
    (void)context;
    told += number == SIGCHLD;
    last = *info;
}

static void until_told(int times) {
    while (told < times) usleep(1000);
}

static void signals_of_children(void) {
    struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_NOCLDSTOP};
    sigaction(SIGCHLD, &action, 0);
    int ask[2], answer[2];
    if (pipe(ask) != 0 || pipe(answer) != 0) return;
    char byte = 0;
    pid_t pid = fork();
    if (pid == 0)
        while (read(ask[0], &byte, 1) == 1 && write(answer[1], &byte, 1) == 1) {
        }
    int status;
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    kill(pid, SIGCONT);
    waitpid(pid, &status, WCONTINUED);
    // It is the child itself that tells of its going on, perhaps after the wait has.
    if (write(ask[1], &byte, 1) != 1 || read(answer[0], &byte, 1) != 1) return;
    say("told of stops: %d", told);
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGCHLD, &action, 0);
    kill(pid, SIGSTOP);
    while (waitpid(pid, &status, WUNTRACED) < 0) {
    }
    until_told(1);
    say("told now: %d, %s, status %d", told, code_name(last.si_code), last.si_status);
    kill(pid, SIGCONT);
    while (waitpid(pid, &status, WCONTINUED) < 0) {
    }
    until_told(2);
    say("told now: %d, %s, status %d", told, code_name(last.si_code), last.si_status);
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0) {
    }
    until_told(3);
    say("told now: %d, %s, status %d, pid %d, uid %d", told, code_name(last.si_code),
        last.si_status, last.si_pid == pid, last.si_uid == getuid());
    action.sa_flags = SA_SIGINFO | SA_NOCLDWAIT | SA_RESTART;
    sigaction(SIGCHLD, &action, 0);
    told = 0;
    if (fork() == 0) _exit(3);
    long const waited = wait(&status);
    say("SA_NOCLDWAIT: %s, told %d", outcome(waited), told);
    signal(SIGCHLD, SIG_IGN);
    if (fork() == 0) _exit(3);
    say("ignored: %s", outcome(wait(&status)));
    signal(SIGCHLD, SIG_DFL);
}

/// A stopped group whose last tie to its session goes gets SIGHUP and SIGCONT.
static void orphans(void) {
    int pipes[2];
    if (pipe(pipes) != 0) return;
    pid_t const parent = fork();
    if (parent == 0) {
        setpgid(0, 0);
        pid_t const pid = fork();
        if (pid == 0) {
            setpgid(0, 0);
            sigset_t both;
            sigemptyset(&both);
            sigaddset(&both, SIGHUP);
            sigaddset(&both, SIGCONT);
            sigprocmask(SIG_BLOCK, &both, 0);
            raise(SIGSTOP);
            sigset_t pending;
            sigpending(&pending);
            char const text = '0' + sigismember(&pending, SIGHUP) + 2 * sigismember(&pending, SIGCONT);
            if (write(pipes[1], &text, 1) != 1) _exit(1);
            _exit(0);
        }
        int status;
        waitpid(pid, &status, WUNTRACED);
        _exit(0);
    }
    close(pipes[1]);
    waitpid(parent, 0, 0);
    char text = '-';
    if (read(pipes[0], &text, 1) != 1) say("no word of the orphan");
    say("pending in the orphan: %c", text);
    close(pipes[0]);
}

static void subreaper(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int is = 0;
    prctl(PR_GET_CHILD_SUBREAPER, &is);
    int pipes[2];
    if (pipe(pipes) != 0) return;
    pid_t const middle = fork();
    if (middle == 0) {
        pid_t const pid = fork();
        if (pid == 0) {
            char byte;
            if (read(pipes[0], &byte, 1) != 1) _exit(1);
            _exit(77);
        }
        _exit(0);
    }
    waitpid(middle, 0, 0);
    if (write(pipes[1], "x", 1) != 1) return;
    int status = 0;
    long const waited = wait(&status);
    say("subreaper %d: %s, %x", is, outcome(waited), status);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void* make_child(void* pid) {
    *(pid_t*)pid = fork();
    if (*(pid_t*)pid == 0) _exit(0);
    // It stays until its child has been looked for.
    static int never;
    while (!__atomic_load_n(&never, __ATOMIC_RELAXED) && waitpid(*(pid_t*)pid, 0, __WNOTHREAD) < 0)
        usleep(1000);
    return 0;
}

static void threads_of_parents(void) {
    pid_t pid = 0;
    pthread_t thread;
    pthread_create(&thread, 0, make_child, &pid);
    int status;
    say("another thread's child: %s", outcome(waitpid(-1, &status, __WNOTHREAD)));
    pthread_join(thread, 0);
    say("then none at all: %s", outcome(waitpid(-1, &status, 0)));
}

static void usage(void) {
    pid_t const pid = fork();
    if (pid == 0) {
        for (volatile long i = 0; i < 30000000; i++) {
        }
        for (int i = 0; i < 5; i++) usleep(1000);
        char volatile* const memory = malloc(20 << 20);
        for (int i = 0; i < 20 << 20; i += 4096) memory[i] = 1;
        _exit(memory[4096] == 1 ? 0 : 1);
    }
    int status;
    struct rusage used;
    wait4(pid, &status, 0, &used);
    say("child: time %d, faults %d, waits %d, memory %d",
        used.ru_utime.tv_sec * 1000000 + used.ru_utime.tv_usec > 1000,
        used.ru_minflt > 1000, used.ru_nvcsw >= 5, used.ru_maxrss >= 20 << 10);
    struct rusage children;
    getrusage(RUSAGE_CHILDREN, &children);
    say("children: %d", children.ru_maxrss >= used.ru_maxrss && children.ru_minflt >= used.ru_minflt);
    struct tms words;
    say("times: %d, %d", times(&words) > 0, words.tms_cutime + words.tms_cstime >= 0);
    say("of nobody: %s", outcome(getrusage(7, &used)));
    say("of this thread: %s", outcome(getrusage(RUSAGE_THREAD, &used)));
}

static void groups(void) {
    pid_t const pid = fork();
    if (pid == 0) {
        say("new session %d", setsid() == getpid());
        say("again: %s", outcome(setsid()));
        say("leader into another group: %s", outcome(setpgid(0, 1)));
        _exit(0);
    }
    waitpid(pid, 0, 0);
    say("group of nobody: %s", outcome(setpgid(0, 29998)));
    say("negative: %s", outcome(setpgid(0, -1)));
    say("of no child: %s", outcome(setpgid(1, 0)));
    say("getsid of nobody: %s", outcome(getsid(29999)));
}

int main(void) {
    one_child();
    ends();
    signals_of_children();
    orphans();
    subreaper();
    threads_of_parents();
    usage();
    groups();
}
