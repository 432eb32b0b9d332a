// Ids and capabilities, priorities and policies, prctl: what is allowed to whom. To be run by root.
#include "say.h"
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void ids(char const* what) {
    uid_t r, e, s;
    getresuid(&r, &e, &s);
    say("%s: %u %u %u, files %d", what, r, e, s, setfsuid(-1));
}

static void capabilities(char const* what) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    syscall(SYS_capget, &head, data);
    say("%s: effective %d, permitted %d, inheritable %x", what, data[0].effective != 0, data[0].permitted != 0,
        data[0].inheritable);
}

static void in_child(void (*part)(void)) {
    pid_t const pid = fork();
    if (pid == 0) {
        part();
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    if (status != 0) say("status %x", status);
}

static void users(void) {
    say("setreuid: %s", outcome(setreuid(-1, 1000)));
    ids("effective 1000");
    capabilities("effective 1000");
    say("back: %s", outcome(seteuid(0)));
    capabilities("back");
    say("setresuid: %s", outcome(setresuid(1000, 1001, 1002)));
    ids("three");
    capabilities("three");
    say("to saved: %s", outcome(seteuid(1002)));
    say("to none of them: %s", outcome(seteuid(1003)));
    say("root again: %s", outcome(setuid(0)));
    gid_t groups[2] = {5, 6};
    say("setgroups: %s", outcome(setgroups(2, groups)));
    say("setgid: %s", outcome(setgid(7)));
    say("dumpable %d", prctl(PR_GET_DUMPABLE));
    say("to init: %s", outcome(kill(1, 0)));
    say("higher limit: %s", outcome(setrlimit(RLIMIT_NICE, &(struct rlimit){40, 40})));
}

static void groups(void) {
    gid_t some[3] = {5, 6, 7};
    say("setgroups: %s", outcome(setgroups(3, some)));
    say("getgroups: %d", getgroups(0, some));
    say("too few: %s", outcome(getgroups(2, some)));
    say("too many: %s", outcome(syscall(SYS_setgroups, 65537, some)));
    say("setregid: %s", outcome(setregid(10, 20)));
    gid_t r, e, s;
    getresgid(&r, &e, &s);
    say("%u %u %u", r, e, s);
}

static void kept(void) {
    prctl(PR_SET_KEEPCAPS, 1);
    say("keeps %d", prctl(PR_GET_KEEPCAPS));
    if (setuid(1000) != 0) say("no setuid");
    capabilities("kept");
    say("keep 2: %s", outcome(prctl(PR_SET_KEEPCAPS, 2)));
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{.permitted = 1 << CAP_KILL, .inheritable = 1 << CAP_KILL}, {0}};
    say("capset: %s", outcome(syscall(SYS_capset, &head, data)));
    say("ambient: %s", outcome(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0)));
    say("is set: %d", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
    say("of another: %s", outcome(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0)));
    data[0].permitted |= 1 << CAP_CHOWN;
    say("more: %s", outcome(syscall(SYS_capset, &head, data)));
    execl("/proc/self/exe", "ambient", (char*)0);
}

static void names(void) {
    char name[16] = "";
    prctl(PR_SET_NAME, "a name that is far too long");
    prctl(PR_GET_NAME, name);
    say("%s", name);
    say("signal 65: %s", outcome(prctl(PR_SET_PDEATHSIG, 65)));
    int number = 0;
    prctl(PR_SET_PDEATHSIG, SIGUSR1);
    prctl(PR_GET_PDEATHSIG, &number);
    say("death signal %d", number);
    say("dumpable 2: %s", outcome(prctl(PR_SET_DUMPABLE, 2)));
    say("no_new_privs 2: %s", outcome(prctl(PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0)));
    say("no_new_privs: %s, %d", outcome(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    say("read of 5: %d", prctl(PR_CAPBSET_READ, 5));
    say("read of 63: %s", outcome(prctl(PR_CAPBSET_READ, 63)));
    say("drop: %s, %d", outcome(prctl(PR_CAPBSET_DROP, 5)), 0);
    say("read of 5: %d", prctl(PR_CAPBSET_READ, 5));
    say("slack: %d", prctl(PR_GET_TIMERSLACK));
    prctl(PR_SET_TIMERSLACK, 1234);
    say("slack: %d", prctl(PR_GET_TIMERSLACK));
    prctl(PR_SET_TIMERSLACK, 0);
    say("slack: %d", prctl(PR_GET_TIMERSLACK));
    say("timing: %d %s", prctl(PR_GET_TIMING), outcome(prctl(PR_SET_TIMING, 1)));
    say("secure bits: %d", prctl(PR_GET_SECUREBITS));
    say("unknown bits: %s", outcome(prctl(PR_SET_SECUREBITS, 0x1000)));
    say("locked: %s", outcome(prctl(PR_SET_SECUREBITS, SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)));
    say("unlocked: %s", outcome(prctl(PR_SET_SECUREBITS, 0)));
    say("unknown: %s", outcome(prctl(9999, 0, 0, 0, 0)));
}

struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

static void policies(void) {
    struct sched_param param = {.sched_priority = 5};
    say("min %d max %d, other %d", sched_get_priority_min(SCHED_FIFO), sched_get_priority_max(SCHED_RR),
        sched_get_priority_max(SCHED_OTHER));
    say("unknown: %s", outcome(sched_get_priority_max(77)));
    say("other with a priority: %s", outcome(sched_setscheduler(0, SCHED_OTHER, &param)));
    say("fifo: %s", outcome(sched_setscheduler(0, SCHED_FIFO, &param)));
    say("is %d", sched_getscheduler(0));
    sched_getparam(0, &param);
    say("priority %d", param.sched_priority);
    struct timespec interval;
    sched_rr_get_interval(0, &interval);
    say("interval %ld", interval.tv_nsec);
    param.sched_priority = 100;
    say("too high: %s", outcome(sched_setparam(0, &param)));
    param.sched_priority = 7;
    say("reset on fork: %s", outcome(sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &param)));
    say("is %x", sched_getscheduler(0));
    pid_t const pid = fork();
    if (pid == 0) _exit(sched_getscheduler(0));
    int status;
    waitpid(pid, &status, 0);
    say("the child's: %x", status);
    struct attributes words = {.size = sizeof words, .policy = SCHED_BATCH, .nice = 5};
    say("setattr: %s", outcome(syscall(SYS_sched_setattr, 0, &words, 0)));
    memset(&words, 0, sizeof words);
    say("getattr: %s", outcome(syscall(SYS_sched_getattr, 0, &words, sizeof words, 0)));
    say("size %u policy %u nice %d priority %u", words.size, words.policy, words.nice, words.priority);
    say("too small: %s", outcome(syscall(SYS_sched_getattr, 0, &words, 16, 0)));
    words.size = 20;
    say("too small: %s", outcome(syscall(SYS_sched_setattr, 0, &words, 0)));
    say("nice %d", getpriority(PRIO_PROCESS, 0));
    say("lower: %s", outcome(setpriority(PRIO_PROCESS, 0, -30)));
    say("nice %d", getpriority(PRIO_PROCESS, 0));
    say("of nobody: %s", outcome(setpriority(PRIO_PROCESS, 29999, 0)));
    say("unknown: %s", outcome(getpriority(3, 0)));
    setpriority(PRIO_PGRP, 0, 3);
    errno = 0;
    say("group %d", getpriority(PRIO_PGRP, 0));
    say("ioprio: %s", outcome(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 6)));
    say("is %lx", syscall(SYS_ioprio_get, 1, 0));
    say("class 4: %s", outcome(syscall(SYS_ioprio_set, 1, 0, 4 << 13)));
    say("which 4: %s", outcome(syscall(SYS_ioprio_get, 4, 0)));
    if (setuid(1000) != 0) return;
    say("nobody raises: %s", outcome(setpriority(PRIO_PROCESS, 0, 1)));
    say("nobody lowers: %s", outcome(setpriority(PRIO_PROCESS, 0, 9)));
    param.sched_priority = 1;
    say("nobody in real time: %s", outcome(sched_setscheduler(0, SCHED_FIFO, &param)));
    say("nobody for init: %s", outcome(setpriority(PRIO_PROCESS, getppid(), 9)));
    say("class 1: %s", outcome(syscall(SYS_ioprio_set, 1, 0, 1 << 13)));
}

static void few_processes(void) {
    if (setuid(4321) != 0) return;
    setrlimit(RLIMIT_NPROC, &(struct rlimit){5, 5});
    int made = 0;
    while (made < 20) {
        pid_t const pid = fork();
        if (pid == 0)
            for (;;) pause();
        if (pid < 0) break;
        made++;
    }
    say("made %d: %s", made, strerrorname_np(errno));
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
    int ended = 0;
    while (wait(0) > 0) ended++;
    say("ended %d", ended);
}

static void own_group(void) {
    setpgid(0, 0);
    few_processes();
}

int main(int count, char** words) {
    (void)count;
    if (strcmp(words[0], "ambient") == 0) {
        capabilities("after exec");
        return 0;
    }
    in_child(users);
    in_child(groups);
    in_child(kept);
    in_child(names);
    in_child(policies);
    in_child(own_group);
}
