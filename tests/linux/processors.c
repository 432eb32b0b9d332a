// Threads and processes that run at the same time, on however many processors there are: what they
// share, how they are interrupted, stopped, moved and ended, and that nobody reaches memory that
// was taken from him. Prints the same on every Linux.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { workers = 4 };

static void must(int right, char const* what) {
    if (right) return;
    printf("%s: errno %d\n", what, errno);
    exit(1);
}
static void nap(long us) { nanosleep(&(struct timespec){.tv_nsec = us * 1000}, 0); }
static void* shared_page(void) {
    void* page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(page != MAP_FAILED, "mmap");
    return page;
}
static int processors;
static void go_to(int number) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(number % processors, &set);
    must(sched_setaffinity(0, sizeof set, &set) == 0, "sched_setaffinity");
}
static void start(pthread_t* threads, int count, void* (*body)(void*)) {
    for (long i = 0; i < count; i++) must(!pthread_create(&threads[i], 0, body, (void*)i), "create");
}
static long join(pthread_t* threads, int count) {
    long sum = 0;
    void* result;
    for (int i = 0; i < count; i++) pthread_join(threads[i], &result), sum += (long)result;
    return sum;
}

// ---- counting together

static atomic_long atomic_count;
static long locked_count, ring;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;

static void* count(void* number) {
    go_to((int)(long)number);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 20000; i++) atomic_count++;
    for (int i = 0; i < 3000; i++) {
        pthread_mutex_lock(&mutex);
        locked_count++;
        pthread_mutex_unlock(&mutex);
    }
    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(&mutex);
        while (ring % workers != (long)number) pthread_cond_wait(&turned, &mutex);
        ring++;
        pthread_cond_broadcast(&turned);
        pthread_mutex_unlock(&mutex);
    }
    for (int i = 0; i < 20; i++) pthread_barrier_wait(&barrier);
    return (void*)(long)(sched_getcpu() == (int)((long)number % processors));
}

static void counting(void) {
    pthread_t threads[workers];
    pthread_barrier_init(&barrier, 0, workers);
    start(threads, workers, count);
    long const in_place = join(threads, workers);
    printf("counted %ld %ld %ld, in their place %ld\n", atomic_count, locked_count, ring, in_place);
}

// ---- forks from several threads

static void* fork_some(void* number) {
    long sum = 0;
    for (int i = 0; i < 12; i++) {
        pid_t const child = fork();
        if (child == 0) _exit((int)(long)number + i);
        int status = 0;
        must(waitpid(child, &status, 0) == child && WIFEXITED(status), "waitpid");
        sum += WEXITSTATUS(status);
    }
    return (void*)sum;
}

static void forking(void) {
    pthread_t threads[workers];
    start(threads, workers, fork_some);
    printf("children said %ld\n", join(threads, workers));
    pid_t children[16];
    for (int i = 0; i < 16; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            for (volatile int j = 0; j < 20000; j++) {}
            pid_t const inner = fork();
            if (inner == 0) _exit(i);
            int status;
            waitpid(inner, &status, 0);
            _exit(WEXITSTATUS(status) + 1);
        }
    }
    int sum = 0, status;
    for (int i = 0; i < 16; i++) must(waitpid(children[i], &status, 0) > 0, "waitpid"), sum += WEXITSTATUS(status);
    printf("grandchildren said %d, more: %d\n", sum, wait(0) == -1 && errno == ECHILD);
}

// ---- signals to who runs

static atomic_int heard[workers], over;
static _Thread_local int own_number = -1;
static void hear(int signal) { (void)signal, heard[own_number]++; }
static void* spin(void* number) {
    own_number = (int)(long)number;
    go_to(own_number);
    pthread_barrier_wait(&barrier);
    double sum = 1;
    while (!over) sum = sqrt(sum * sum + 1e-9);
    return (void*)(long)(sum >= 1);
}

static void signals(void) {
    pthread_t threads[workers];
    signal(SIGUSR1, hear);
    pthread_barrier_init(&barrier, 0, workers + 1);
    start(threads, workers, spin);
    pthread_barrier_wait(&barrier);
    for (int round = 1; round <= 2; round++)
        for (int i = 0; i < workers; i++) {
            pthread_kill(threads[i], SIGUSR1);
            while (heard[i] < round) sched_yield();
        }
    over = 1;
    long const sane = join(threads, workers);
    printf("heard %d %d %d %d, sums right %ld\n", heard[0], heard[1], heard[2], heard[3], sane);
}

// ---- stopping who runs

static void stopping(void) {
    atomic_long* const beats = shared_page();
    pid_t const child = fork();
    if (child == 0) {
        go_to(1);
        for (;;) ++*beats;
    }
    int right = 1, status;
    for (int i = 0; i < 3; i++) {
        while (*beats == 0) nap(100);
        kill(child, SIGSTOP);
        right &= waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status);
        long const then = *beats;
        nap(2000);
        right &= *beats == then;
        *beats = 0;
        kill(child, SIGCONT);
        right &= waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status);
    }
    kill(child, SIGKILL);
    right &= waitpid(child, &status, 0) == child && WTERMSIG(status) == SIGKILL;
    long const then = *beats;
    nap(1000);
    printf("stopped %d, still %d\n", right, *beats == then);
}

// ---- memory that is taken away while others use it

static long volatile* page;
static atomic_int caught, ready;
static sigjmp_buf again;
static void catch_fault(int signal, siginfo_t* info, void* context) {
    (void)signal, (void)context;
    if ((char*)info->si_addr < (char*)page || (char*)info->si_addr >= (char*)page + 4096) _exit(99);
    caught++;
    siglongjmp(again, 1);
}
static void* write_on(void* number) {
    go_to((int)(long)number);
    sigsetjmp(again, 1);
    ready = 1;
    while (!over) __atomic_fetch_add(page, 1, __ATOMIC_RELAXED);
    return 0;
}

static void taking_away(void) {
    struct sigaction action = {.sa_sigaction = catch_fault, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);
    page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    go_to(0);
    over = 0;
    pthread_t writer;
    int right = 1;
    must(!pthread_create(&writer, 0, write_on, (void*)1L), "create");
    for (int i = 0; i < 5; i++) { // it may read and not write
        long const was = *page;
        while (*page == was) sched_yield();
        must(mprotect((void*)page, 4096, PROT_READ) == 0, "mprotect");
        long const then = *page;
        int const faults = caught;
        while (caught == faults) sched_yield();
        right &= *page == then;
        must(mprotect((void*)page, 4096, PROT_READ | PROT_WRITE) == 0, "mprotect");
    }
    printf("protected %d\n", right);
    for (int i = 0; i < 5; i++) { // nothing is there
        long const was = *page;
        while (*page == was) sched_yield();
        must(munmap((void*)page, 4096) == 0, "munmap");
        int const faults = caught;
        while (caught == faults) sched_yield();
        must(mmap((void*)page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                  0) == page, "mmap");
    }
    printf("unmapped %d\n", right);
    for (int i = 0; i < 5; i++) { // what it writes goes to new memory at once
        long const was = *page;
        while (*page == was) sched_yield();
        *page = 1L << 40;
        while (*page <= 1L << 40) sched_yield();
        must(madvise((void*)page, 4096, MADV_DONTNEED) == 0, "madvise");
        right &= *page < 1L << 40;
    }
    printf("given back %d\n", right);
    for (int i = 0; i < 4; i++) { // a child has what was there when it began
        pid_t const child = fork();
        if (child == 0) {
            long const mine = *page;
            nap(500);
            _exit(*page == mine ? 0 : 1);
        }
        long const was = *page;
        while (*page == was) sched_yield();
        int status;
        right &= waitpid(child, &status, 0) == child && status == 0;
    }
    printf("forked %d\n", right);
    over = 1;
    pthread_join(writer, 0);
    sigaction(SIGSEGV, &before, 0);
    munmap((void*)page, 4096);
}

/// Two map, protect and unmap at the same time, each in a part of its own.
static void* map_and_unmap(void* number) {
    go_to((int)(long)number);
    long sum = 0;
    for (int i = 0; i < 150; i++) {
        char* const at = mmap(0, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int j = 0; j < 8; j++) at[j * 4096] = (char)(i + j);
        mprotect(at + 4096, 2 * 4096, PROT_READ);
        for (int j = 0; j < 8; j++) sum += at[j * 4096] == (char)(i + j);
        munmap(at, 8 * 4096);
    }
    return (void*)sum;
}

static void mapping(void) {
    pthread_t threads[workers];
    start(threads, workers, map_and_unmap);
    printf("mapped %ld\n", join(threads, workers));
}

// ---- moving about

static void* wander(void* number) {
    double sum = 0;
    for (int i = 0; i < 400; i++) {
        go_to(i + (int)(long)number);
        for (int j = 1; j < 50; j++) sum += 1.0 / (double)j;
    }
    return (void*)(long)(fabs(sum - 400 * 4.479205338329425) < 1e-6);
}

static void moving(void) {
    pthread_t threads[workers];
    start(threads, workers, wander);
    printf("wandered %ld\n", join(threads, workers));
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(1000, &set);
    int const nowhere = sched_setaffinity(0, sizeof set, &set);
    printf("nowhere %d %d\n", nowhere, errno == EINVAL);
    atomic_long* const beats = shared_page();
    pid_t const child = fork();
    if (child == 0)
        for (;;) ++*beats;
    int right = 1;
    for (int i = 0; i < 8; i++) { // of another process, while it runs
        CPU_ZERO(&set);
        CPU_SET(i % processors, &set);
        right &= sched_setaffinity(child, sizeof set, &set) == 0;
        long const then = *beats;
        while (*beats == then) sched_yield();
    }
    kill(child, SIGKILL);
    waitpid(child, 0, 0);
    printf("moved %d\n", right);
}

// ---- futexes and pipes from one processor to another

static atomic_int word;
static void* answer(void* unused) {
    (void)unused;
    go_to(1);
    for (int i = 0; i < 300; i++) {
        while (word != 2 * i + 1) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2 * i, 0, 0, 0);
        word++;
        syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    }
    return 0;
}

static void asking(void) {
    pthread_t other;
    go_to(0);
    must(!pthread_create(&other, 0, answer, 0), "create");
    for (int i = 0; i < 300; i++) {
        word++;
        syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
        while (word != 2 * i + 2) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2 * i + 1, 0, 0, 0);
    }
    pthread_join(other, 0);
    int there[2], back[2];
    must(!pipe(there) && !pipe(back), "pipe");
    pid_t const child = fork();
    if (child == 0) {
        go_to(1);
        int value;
        for (int i = 0; i < 200; i++) {
            if (read(there[0], &value, 4) != 4) _exit(1);
            value += i;
            if (write(back[1], &value, 4) != 4) _exit(1);
        }
        _exit(0);
    }
    int value = 0;
    for (int i = 0; i < 200; i++)
        must(write(there[1], &value, 4) == 4 && read(back[0], &value, 4) == 4, "pipe");
    waitpid(child, 0, 0);
    printf("asked %d, through pipes %d\n", word, value);
}

// ---- barriers

static atomic_int round_left, round_right;
static int volatile mine, its, its_saw;
static void* light_side(void* unused) {
    (void)unused;
    go_to(1);
    for (int round = 1; round <= 40; round++) {
        while (round_left != round) sched_yield();
        its = round;
        atomic_signal_fence(memory_order_seq_cst); // the other side has the heavy one
        its_saw = mine == round;
        round_right = round;
    }
    return 0;
}

static void barriers(void) {
    must(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0) == 0, "membarrier");
    pthread_t other;
    go_to(0);
    must(!pthread_create(&other, 0, light_side, 0), "create");
    int missed = 0;
    for (int round = 1; round <= 40; round++) {
        round_left = round;
        mine = round;
        syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0);
        int const saw = its == round;
        while (round_right != round) sched_yield();
        missed += !saw && !its_saw;
    }
    pthread_join(other, 0);
    printf("barriers missed %d\n", missed);
}

// ---- the end of who runs

static void* for_ever(void* number) {
    go_to((int)(long)number);
    ready++;
    for (;;) {}
    return 0;
}
static void* exec_self(void* self) {
    execl("/proc/self/exe", self, "again", (char*)0);
    return 0;
}

static void ending(char* self) {
    int right = 0, status;
    for (int how = 0; how < 4; how++) {
        fflush(stdout);
        pid_t const child = fork();
        if (child == 0) {
            pthread_t threads[workers + 1];
            ready = 0;
            start(threads, workers, for_ever);
            while (ready < workers) sched_yield();
            if (how == 0) exit(7);
            if (how == 1) raise(SIGKILL);
            if (how == 2) pthread_create(&threads[workers], 0, exec_self, self);
            if (how == 3) exec_self(self);
            for (;;) pause();
        }
        waitpid(child, &status, 0);
        right += how == 1 ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 7;
    }
    printf("ended %d\n", right);
}

int main(int count, char** words) {
    if (count > 1) return 7;
    setvbuf(stdout, 0, _IOLBF, 0);
    processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
    counting();
    forking();
    signals();
    stopping();
    taking_away();
    mapping();
    moving();
    asking();
    barriers();
    ending(words[0]);
}
