// Signals: what handlers find, masks, queues, alternative stacks, restarted calls, faults.
#include "say.h"
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>

static siginfo_t last;
static volatile int count, order[64];
static void record(int number, siginfo_t* info, void* context) {
    (void)context;
    last = *info;
    order[count++ % 64] = number;
}

static void handle(int number, int flags) {
    struct sigaction action = {.sa_sigaction = record, .sa_flags = SA_SIGINFO | flags};
    sigaction(number, &action, 0);
}

static void tell(char const* what) {
    say("%s: %d times, signal %d, code %d, errno %d, pid %d, uid %d, value %d", what, count, last.si_signo,
        last.si_code, last.si_errno, last.si_pid == getpid(), last.si_uid == getuid(), last.si_value.sival_int);
    count = 0;
    memset(&last, 0, sizeof last);
}

static void sources(void) {
    handle(SIGUSR1, 0);
    kill(getpid(), SIGUSR1);
    tell("kill");
    raise(SIGUSR1);
    tell("tgkill");
    union sigval const value = {.sival_int = 77};
    sigqueue(getpid(), SIGUSR1, value);
    tell("sigqueue");
    siginfo_t info = {.si_signo = SIGUSR1, .si_code = -60};
    info.si_pid = getpid();
    say("queueinfo: %s", outcome(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info)));
    tell("queueinfo");
    say("tgsigqueueinfo: %s",
        outcome(syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), SIGUSR1, &info)));
    tell("tgsigqueueinfo");
    info.si_code = SI_USER;
    say("as if by kill, to another: %s", outcome(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info)));
    info.si_code = SI_TKILL;
    say("as if by tkill, to another: %s", outcome(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info)));
    say("65: %s", outcome(kill(getpid(), 65)));
    say("to nobody: %s", outcome(kill(29999, 0)));
    say("to no group: %s", outcome(kill(-29999, 0)));
    say("tgkill of another's thread: %s", outcome(syscall(SYS_tgkill, getppid(), syscall(SYS_gettid), 0)));
    say("tgkill of 0: %s", outcome(syscall(SYS_tgkill, getpid(), 0, 0)));
}

static void masks(void) {
    sigset_t set, old, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGKILL);
    for (int i = 0; i < 5; i++) sigaddset(&set, SIGRTMIN + i);
    sigprocmask(SIG_BLOCK, &set, 0);
    sigprocmask(SIG_BLOCK, 0, &old);
    say("SIGKILL blocked %d", sigismember(&old, SIGKILL));
    say("unknown way: %s", outcome(sigprocmask(17, &set, 0)));
    for (int i = 0; i < 5; i++) handle(SIGRTMIN + i, 0);
    for (int i = 4; i >= 0; i--)
        for (int j = 0; j < 2; j++) sigqueue(getpid(), SIGRTMIN + i, (union sigval){.sival_int = 10 * i + j});
    for (int i = 0; i < 3; i++) raise(SIGUSR1);
    sigpending(&pending);
    say("pending %d %d %d", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGRTMIN),
        sigismember(&pending, SIGUSR2));
    siginfo_t info;
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGRTMIN + 1);
    for (int i = 0; i < 3; i++) {
        struct timespec const none = {0, 0};
        int const got = sigtimedwait(&one, &info, &none);
        say("sigtimedwait: %d, %s, value %d", got > 0 ? got - SIGRTMIN : got, outcome(got), got > 0 ? info.si_value.sival_int : -1);
    }
    struct timespec const soon = {0, 5000000}, wrong = {0, -1};
    say("none comes: %s", outcome(sigtimedwait(&one, &info, &soon)));
    say("wrong time: %s", outcome(sigtimedwait(&one, &info, &wrong)));
    count = 0;
    sigprocmask(SIG_UNBLOCK, &set, 0);
    // Taken from the lowest number on; each handler is interrupted by the next, so the last one begins first.
    char line[128];
    int n = 0;
    for (int i = 0; i < count; i++)
        n += sprintf(line + n, " %d", order[i] >= SIGRTMIN ? order[i] - SIGRTMIN + 100 : order[i]);
    say("order:%s", line);
    count = 0;
}

static void limit_of_queue(void) {
    pid_t const pid = fork();
    if (pid == 0) {
        if (setuid(12345) != 0) say("no other user");
        struct rlimit const few = {3, 3};
        setrlimit(RLIMIT_SIGPENDING, &few);
        sigset_t set;
        sigfillset(&set);
        sigprocmask(SIG_BLOCK, &set, 0);
        for (int i = 0; i < 5; i++)
            say("queued: %s", outcome(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i})));
        say("kill: %s", outcome(kill(getpid(), SIGRTMIN + 1)));
        say("standard: %s", outcome(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 5})));
        siginfo_t info;
        for (int i = 0; i < 5; i++) {
            int const got = sigwaitinfo(&set, &info);
            say("got %d, code %d, value %d", got < SIGRTMIN ? got : got - SIGRTMIN + 100, info.si_code, info.si_value.sival_int);
        }
        _exit(0);
    }
    waitpid(pid, 0, 0);
}

static volatile int depth, deepest, raises;
static void nested(int number) {
    depth++;
    if (depth > deepest) deepest = depth;
    if (++raises < 3) raise(number);
    depth--;
}

static void flags(void) {
    struct sigaction action = {.sa_handler = nested}, old;
    sigaction(SIGUSR2, &action, 0);
    raise(SIGUSR2);
    say("deferred: %d", deepest);
    deepest = raises = 0;
    action.sa_flags = SA_NODEFER;
    sigaction(SIGUSR2, &action, 0);
    raise(SIGUSR2);
    say("SA_NODEFER: %d", deepest);
    action.sa_handler = nested, action.sa_flags = SA_RESETHAND;
    sigaction(SIGUSR2, &action, 0);
    signal(SIGUSR2, SIG_IGN);
    sigaction(SIGUSR2, &action, &old);
    say("was ignored %d", old.sa_handler == SIG_IGN);
    depth = 5;
    raise(SIGUSR2);
    sigaction(SIGUSR2, 0, &old);
    say("SA_RESETHAND: default again %d", old.sa_handler == SIG_DFL);
    action.sa_flags = 0x400 | SA_RESTART;
    sigaction(SIGUSR2, &action, 0);
    sigaction(SIGUSR2, 0, &old);
    say("unknown flags are gone: %x", old.sa_flags & ~0x4000000);
    say("SIGKILL: %s", outcome(sigaction(SIGKILL, &action, 0)));
    say("SIGSTOP asked: %s", outcome(sigaction(SIGSTOP, 0, &old)));
    say("0: %s", outcome(syscall(SYS_rt_sigaction, 0, 0, 0, 8)));
    say("size: %s", outcome(syscall(SYS_rt_sigaction, SIGUSR2, 0, 0, 4)));
    signal(SIGUSR2, SIG_DFL);
}

static char alternate[65536] __attribute__((aligned(16)));
static int inside_flags, inside_error, was_inside, frame_flags, magic;
static void on_stack(int number, siginfo_t* info, void* words) {
    (void)number, (void)info;
    ucontext_t* const context = words;
    stack_t now, other = {.ss_sp = alternate, .ss_size = 32768};
    sigaltstack(0, &now);
    inside_flags = now.ss_flags;
    inside_error = sigaltstack(&other, 0) != 0 ? errno : 0;
    was_inside = (char*)&now >= alternate && (char*)&now < alternate + sizeof alternate;
    frame_flags = context->uc_stack.ss_flags;
    uint32_t const* const software = (uint32_t*)((char*)context->uc_mcontext.fpregs + 464);
    uint32_t const* const end = (uint32_t*)((char*)context->uc_mcontext.fpregs + software[4]);
    magic = software[0] == 0x46505853 && *end == 0x46505845 && software[1] == software[4] + 4;
}

static void stacks(void) {
    struct sigaction action = {.sa_sigaction = on_stack, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGUSR1, &action, 0);
    stack_t stack = {.ss_sp = alternate, .ss_size = 1000}, now;
    say("too small: %s", outcome(sigaltstack(&stack, 0)));
    stack.ss_size = sizeof alternate;
    stack.ss_flags = 77;
    say("unknown flags: %s", outcome(sigaltstack(&stack, 0)));
    stack.ss_flags = 0;
    sigaltstack(&stack, 0);
    raise(SIGUSR1);
    say("inside %d: flags %x, change %s, frame %x, magic %d", was_inside, inside_flags, strerrorname_np(inside_error),
        frame_flags, magic);
    sigaltstack(0, &now);
    say("outside: flags %x", now.ss_flags);
    stack.ss_flags = (int)(1u << 31); // SS_AUTODISARM
    sigaltstack(&stack, 0);
    raise(SIGUSR1);
    say("disarmed %d: flags %x, change %d, frame %x", was_inside, inside_flags, inside_error, frame_flags);
    sigaltstack(0, &now);
    say("armed again: flags %x, size %d", now.ss_flags, now.ss_size == sizeof alternate);
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, 0);
    raise(SIGUSR1);
    say("disabled: inside %d, flags %x", was_inside, inside_flags);
}

static void nothing(int number) { (void)number; }

static void* poke(void* thread) {
    usleep(30000);
    pthread_kill(*(pthread_t*)thread, SIGUSR2);
    usleep(30000);
    return 0;
}

/// Which calls go on after a handler, and which end with EINTR.
static void restarts(void) {
    for (int restart = 0; restart < 2; restart++) {
        struct sigaction action = {.sa_handler = nothing, .sa_flags = restart ? SA_RESTART : 0};
        sigaction(SIGUSR2, &action, 0);
        pthread_t self = pthread_self(), helper;
        int pipes[2];
        char byte;
        if (pipe(pipes) != 0) return;
        pid_t const writer = fork();
        if (writer == 0) {
            usleep(80000);
            if (write(pipes[1], "x", 1) != 1) _exit(1);
            _exit(4);
        }
        pthread_create(&helper, 0, poke, &self);
        long const got = read(pipes[0], &byte, 1);
        say("read, restart %d: %s", restart, outcome(got));
        pthread_join(helper, 0);
        int status;
        while (waitpid(writer, &status, 0) < 0) {
        }
        pthread_create(&helper, 0, poke, &self);
        struct timespec const while_ = {0, 60000000};
        struct timespec left = {9, 9};
        long slept = nanosleep(&while_, &left);
        say("nanosleep, restart %d: %s, left %d", restart, outcome(slept), left.tv_sec == 0 && left.tv_nsec > 0);
        pthread_join(helper, 0);
        pid_t const child = fork();
        if (child == 0) {
            usleep(80000);
            _exit(0);
        }
        pthread_create(&helper, 0, poke, &self);
        long const waited = waitpid(child, &status, 0);
        say("wait, restart %d: %s", restart, outcome(waited));
        pthread_join(helper, 0);
        while (waitpid(child, &status, 0) > 0) {
        }
        pthread_create(&helper, 0, poke, &self);
        say("pause, restart %d: %s", restart, outcome(pause()));
        pthread_join(helper, 0);
        close(pipes[0]);
        close(pipes[1]);
    }
    // Without a handler nothing is to be seen of a stop.
    pid_t const sleeper = fork();
    if (sleeper == 0) {
        struct timespec const short_ = {0, 100000000}, none = {7, 7};
        struct timespec left = none;
        long const result = nanosleep(&short_, &left);
        uint32_t word = 0;
        long const waited = syscall(SYS_futex, &word, 0, 0, &short_, 0, 0);
        _exit(result == 0 && left.tv_sec == 7 && waited < 0 && errno == ETIMEDOUT ? 3 : 4);
    }
    for (int i = 0; i < 2; i++) {
        usleep(20000);
        kill(sleeper, SIGSTOP);
        waitpid(sleeper, 0, WUNTRACED);
        kill(sleeper, SIGCONT);
        usleep(90000);
    }
    int status;
    waitpid(sleeper, &status, 0);
    say("sleep and wait over stops: %x", status);
}

static void suspended(void) {
    handle(SIGUSR1, 0);
    sigset_t blocked, none, now;
    sigemptyset(&blocked);
    sigemptyset(&none);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, 0);
    raise(SIGUSR1);
    count = 0;
    say("sigsuspend: %s, taken %d", outcome(sigsuspend(&none)), 1);
    sigprocmask(SIG_BLOCK, 0, &now);
    say("taken %d, blocked again %d", count, sigismember(&now, SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &blocked, 0);
    count = 0;
}

static void fault(int number, siginfo_t* info, void* words) {
    ucontext_t const* const context = words;
    say("signal %d, code %d, address %d, trap %lld, error %llx, cr2 %d", number, info->si_code,
        info->si_addr == 0                                                 ? 0
        : info->si_addr == (void*)context->uc_mcontext.gregs[REG_RIP]      ? 1
        : info->si_addr == (void*)(uintptr_t)context->uc_mcontext.gregs[REG_CR2] ? 2
                                                                           : 3,
        context->uc_mcontext.gregs[REG_TRAPNO], context->uc_mcontext.gregs[REG_ERR] & ~1ll, // present or not
        context->uc_mcontext.gregs[REG_CR2] != 0);
    _exit(0);
}

static void with_fault(void (*cause)(void)) {
    pid_t const pid = fork();
    if (pid == 0) {
        struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
        static int const signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
        for (int i = 0; i < 5; i++) sigaction(signals[i], &action, 0);
        cause();
        say("it went on");
        _exit(1);
    }
    int status;
    waitpid(pid, &status, 0);
    if (status != 0) say("status %x", status);
}

static void no_page(void) { *(volatile int*)0x10000 = 1; }
static void read_only(void) { *(volatile int*)mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) = 1; }
static void not_canonical(void) { *(volatile int*)0x8000000000000000 = 1; }
static void not_executable(void) { ((void (*)(void))mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))(); }
static void divide(void) { asm volatile("xorl %%ecx, %%ecx; movl $1, %%eax; cltd; idivl %%ecx" ::: "eax", "ecx", "edx"); }
static void undefined(void) { asm volatile("ud2"); }
static void breakpoint(void) { asm volatile("int3"); }
static void halt(void) { asm volatile("hlt"); }
static void past_the_file(void) {
    FILE* const file = tmpfile();
    *(volatile int*)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0) = 1;
}
// (The emulator raises no exceptions of SSE.)
static void x87_divide(void) {
    feenableexcept(FE_DIVBYZERO);
    volatile long double zero = 0, one = 1;
    zero = one / zero;
    asm volatile("fwait");
}
static void single_step(void) { asm volatile("pushf; orl $0x100, (%rsp); popf; nop; nop"); }
static void blocked(void) {
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, 0);
    no_page();
}
static void ignored(void) {
    signal(SIGSEGV, SIG_IGN);
    no_page();
}
static void no_stack(void) {
    struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, 0);
    signal(SIGSEGV, SIG_DFL);
    asm volatile("movq %0, %%rdi; movl $10, %%esi; movl $62, %%eax; movq $0x1000, %%rsp; syscall" ::"r"((long)getpid()) : "rdi", "rsi", "rax");
}

int main(void) {
    setvbuf(stdout, 0, _IONBF, 0);
    struct rlimit const none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    sources();
    masks();
    limit_of_queue();
    flags();
    stacks();
    restarts();
    suspended();
    static void (*const causes[])(void) = {no_page,    read_only,     not_canonical, not_executable, divide,
                                           undefined,  breakpoint,    halt,          past_the_file,                                             x87_divide, single_step,   blocked,        ignored,
                                           no_stack};
    for (unsigned i = 0; i < sizeof causes / sizeof *causes; i++) with_fault(causes[i]);
}
