// futex in all its operations, and what threads make of it: mutexes of every kind, condition variables, barriers,
// cancellation. glibc and musl.
#include "say.h"
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

static long futex(uint32_t* word, int operation, uint32_t value, void const* timeout, uint32_t* second, uint32_t third) {
    return syscall(SYS_futex, word, operation, value, timeout, second, third);
}

static uint32_t* words; // shared between processes

static void refusals(void) {
    uint32_t word = 1;
    struct timespec const soon = {0, 1000000}, wrong = {0, 1000000000};
    say("other value: %s", outcome(futex(&word, FUTEX_WAIT, 2, 0, 0, 0)));
    say("timeout: %s", outcome(futex(&word, FUTEX_WAIT, 1, &soon, 0, 0)));
    say("wrong time: %s", outcome(futex(&word, FUTEX_WAIT, 1, &wrong, 0, 0)));
    say("no bits: %s", outcome(futex(&word, FUTEX_WAIT_BITSET, 1, 0, 0, 0)));
    say("wake of no bits: %s", outcome(futex(&word, FUTEX_WAKE_BITSET, 1, 0, 0, 0)));
    say("crooked: %s", outcome(futex((uint32_t*)((char*)&word + 1), FUTEX_WAIT, 1, 0, 0, 0)));
    say("nowhere: %s", outcome(futex((uint32_t*)16, FUTEX_WAKE, 1, 0, 0, 0)));
    say("nowhere private: %ld", futex((uint32_t*)16, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, 0, 0, 0));
    say("realtime wait: %s", outcome(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, 0, 0, 0)));
    say("unknown: %s", outcome(futex(&word, 99, 1, 0, 0, 0)));
    say("FUTEX_FD: %s", outcome(futex(&word, FUTEX_FD, 1, 0, 0, 0)));
    say("absolute past: %s", outcome(futex(&word, FUTEX_WAIT_BITSET, 1, &soon, 0, ~0u)));
    say("absolute past by realtime: %s",
        outcome(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 1, &soon, 0, ~0u)));
    say("negative requeue: %s", outcome(futex(&word, FUTEX_CMP_REQUEUE, 1, (void*)-1l, &word, 1)));
    say("requeue of another value: %s", outcome(futex(&word, FUTEX_CMP_REQUEUE, 1, (void*)1, words, 2)));
    say("head of another size: %s", outcome(syscall(SYS_set_robust_list, &word, 8)));
    void* head = 0;
    size_t size = 0;
    say("get_robust_list: %s %zu", outcome(syscall(SYS_get_robust_list, 0, &head, &size)), size);
    say("of nobody: %s", outcome(syscall(SYS_get_robust_list, 29999, &head, &size)));
}

static void wake_op(void) {
    uint32_t one = 0, two = 5;
    say("add: %ld", futex(&one, FUTEX_WAKE_OP, 1, (void*)1, &two, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 5)));
    say("is %u", two);
    say("xor: %ld", futex(&one, FUTEX_WAKE_OP, 1, (void*)1, &two, FUTEX_OP(FUTEX_OP_XOR, 1, FUTEX_OP_CMP_GT, 50)));
    say("is %u", two);
    say("shifted or: %ld",
        futex(&one, FUTEX_WAKE_OP, 1, (void*)1, &two,
              FUTEX_OP((FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT), 8, FUTEX_OP_CMP_LE, 50)));
    say("is %u", two);
    say("unknown: %s", outcome(futex(&one, FUTEX_WAKE_OP, 1, (void*)1, &two, 7u << 28)));
}

static void* wait_here(void* word) {
    return (void*)futex(word, FUTEX_WAIT, 0, 0, 0, 0);
}

static void until_waiting(void) { usleep(30000); }

static void requeue(void) {
    static uint32_t one, two;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, wait_here, &one);
    until_waiting();
    say("requeue: %ld", futex(&one, FUTEX_CMP_REQUEUE, 1, (void*)2, &two, 0));
    say("left: %ld", futex(&one, FUTEX_WAKE, 10, 0, 0, 0));
    say("moved: %ld", futex(&two, FUTEX_WAKE, 10, 0, 0, 0));
    for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], 0, wait_here, &one);
    until_waiting();
    say("plain requeue: %ld", futex(&one, FUTEX_REQUEUE, 1, (void*)1, &two, 0));
    say("rest: %ld %ld", futex(&one, FUTEX_WAKE, 10, 0, 0, 0), futex(&two, FUTEX_WAKE, 10, 0, 0, 0));
    for (int i = 0; i < 3; i++) pthread_join(threads[i], 0);
}

/// Shared words are the same in every process, wherever they lie.
static void between_processes(void) {
    words[0] = 0;
    pid_t const pid = fork();
    if (pid == 0) _exit(futex(words, FUTEX_WAIT, 0, 0, 0, 0) == 0 ? 8 : 9);
    until_waiting();
    say("private wakes nobody: %ld", futex(words, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, 0, 0, 0));
    say("shared wakes: %ld", futex(words, FUTEX_WAKE, 1, 0, 0, 0));
    int status;
    waitpid(pid, &status, 0);
    say("status %x", status);
}

static void vector(void) {
    static uint32_t one, two;
    struct futex_waitv waiters[2] = {{.val = 0, .uaddr = (uintptr_t)&one, .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG},
                                     {.val = 0, .uaddr = (uintptr_t)&two, .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG}};
    struct timespec const past = {1, 0};
    say("waitv past: %s", outcome(syscall(SYS_futex_waitv, waiters, 2, 0, &past, CLOCK_MONOTONIC)));
    say("waitv flags: %s", outcome(syscall(SYS_futex_waitv, waiters, 2, 1, 0, CLOCK_MONOTONIC)));
    say("waitv of none: %s", outcome(syscall(SYS_futex_waitv, waiters, 0, 0, 0, CLOCK_MONOTONIC)));
    say("waitv clock: %s", outcome(syscall(SYS_futex_waitv, waiters, 2, 0, &past, CLOCK_BOOTTIME)));
    waiters[1].val = 3;
    say("waitv value: %s", outcome(syscall(SYS_futex_waitv, waiters, 2, 0, 0, CLOCK_MONOTONIC)));
    waiters[1].val = 0;
    pid_t const pid = fork();
    if (pid == 0) {
        pthread_t thread;
        pthread_create(&thread, 0, wait_here, &one);
        until_waiting();
        _exit(0);
    }
    waitpid(pid, 0, 0);
}

static pthread_mutex_t mutex;
static void* lock_it(void* word) {
    (void)word;
    return (void*)(long)pthread_mutex_lock(&mutex);
}
static void* lock_and_leave(void* word) {
    pthread_mutex_lock(&mutex);
    return word;
}
static char const* error(long number) { return number == 0 ? "ok" : strerrorname_np(number); }

static void mutexes(int protocol, int robust) {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    say("protocol %d robust %d: %s %s", protocol, robust, error(pthread_mutexattr_setprotocol(&kind, protocol)),
        error(pthread_mutexattr_setrobust(&kind, robust)));
    pthread_mutex_init(&mutex, &kind);
    pthread_t thread;
    say("lock: %s", error(pthread_mutex_lock(&mutex)));
    say("again: %s", error(pthread_mutex_lock(&mutex)));
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    pthread_create(&thread, 0, lock_it, 0);
    until_waiting();
    say("unlock: %s", error(pthread_mutex_unlock(&mutex)));
    void* result;
    pthread_join(thread, &result);
    say("the other: %s", error((long)result));
    if (robust) {
        say("owner is gone: %s", error(pthread_mutex_lock(&mutex)));
        say("consistent: %s", error(pthread_mutex_consistent(&mutex)));
        say("unlock: %s", error(pthread_mutex_unlock(&mutex)));
        pthread_create(&thread, 0, lock_and_leave, 0);
        pthread_join(thread, 0);
        say("trylock: %s", error(pthread_mutex_trylock(&mutex)));
        say("unlock, not mended: %s", error(pthread_mutex_unlock(&mutex)));
        say("lock: %s", error(pthread_mutex_lock(&mutex)));
    } else {
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 20000000;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        say("owner has left it locked: %s", error(pthread_mutex_timedlock(&mutex, &until)));
    }
    pthread_mutexattr_destroy(&kind);
}

/// A process that dies with a robust mutex, and one that waits for it meanwhile.
static void death_of_a_process(int protocol) {
    pthread_mutex_t* const shared = (pthread_mutex_t*)(words + 16);
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setprotocol(&kind, protocol);
    pthread_mutex_init(shared, &kind);
    pid_t const owner = fork();
    if (owner == 0) {
        pthread_mutex_lock(shared);
        words[1] = 1;
        for (;;) pause();
    }
    while (!__atomic_load_n(&words[1], __ATOMIC_ACQUIRE)) usleep(1000);
    pid_t const waiter = fork();
    if (waiter == 0) {
        int const result = pthread_mutex_lock(shared);
        pthread_mutex_consistent(shared);
        pthread_mutex_unlock(shared);
        _exit(result == EOWNERDEAD ? 6 : 7);
    }
    until_waiting();
    kill(owner, SIGKILL);
    waitpid(owner, 0, 0);
    int status;
    waitpid(waiter, &status, 0);
    say("protocol %d, waiter of the dead: %x", protocol, status);
    words[1] = 0;
    say("and then: %s", error(pthread_mutex_lock(shared)));
    pthread_mutex_unlock(shared);
}

static void raw_pi(void) {
    static uint32_t word;
    uint32_t const tid = (uint32_t)syscall(SYS_gettid);
    say("unlock what is free: %s", outcome(futex(&word, FUTEX_UNLOCK_PI, 0, 0, 0, 0)));
    say("lock: %s, mine %d", outcome(futex(&word, FUTEX_LOCK_PI, 0, 0, 0, 0)), 1);
    say("word %d", word == tid);
    say("twice: %s", outcome(futex(&word, FUTEX_LOCK_PI, 0, 0, 0, 0)));
    say("try: %s", outcome(futex(&word, FUTEX_TRYLOCK_PI, 0, 0, 0, 0)));
    say("unlock: %s", outcome(futex(&word, FUTEX_UNLOCK_PI, 0, 0, 0, 0)));
    say("word %x", word);
    word = 29999;
    say("of nobody: %s", outcome(futex(&word, FUTEX_LOCK_PI, 0, 0, 0, 0)));
    word = 29999 | FUTEX_OWNER_DIED;
    say("unlock another's: %s", outcome(futex(&word, FUTEX_UNLOCK_PI, 0, 0, 0, 0)));
    word = FUTEX_OWNER_DIED;
    say("of a dead one: %s", outcome(futex(&word, FUTEX_LOCK_PI, 0, 0, 0, 0)));
    say("word %d", word == (tid | FUTEX_OWNER_DIED));
    say("requeue to a lock, two woken: %s", outcome(futex(&word, FUTEX_CMP_REQUEUE_PI, 2, (void*)1, words, 0)));
}

static uint32_t condition, lock_word;
static void* wait_and_lock(void* word) {
    long const result = futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, 0, &lock_word, 0);
    (void)word;
    if (result != 0) return (void*)1;
    if ((lock_word & FUTEX_TID_MASK) != (uint32_t)syscall(SYS_gettid)) return (void*)2;
    if (futex(&lock_word, FUTEX_UNLOCK_PI, 0, 0, 0, 0) != 0) return (void*)3;
    return 0;
}

static void requeue_to_lock(void) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], 0, wait_and_lock, 0);
    until_waiting();
    say("wake of those: %s", outcome(futex(&condition, FUTEX_WAKE, 1, 0, 0, 0)));
    say("to another lock: %s", outcome(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void*)5, words, 0)));
    say("requeued: %ld", futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void*)5, &lock_word, 0));
    for (int i = 0; i < 3; i++) {
        void* result;
        pthread_join(threads[i], &result);
        say("it had the lock: %ld", (long)result);
    }
}

static pthread_cond_t changed;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int stage;
static void unlock(void* which) { pthread_mutex_unlock(which); }
static void* wait_for_ever(void* word) {
    pthread_mutex_lock(&guard);
    pthread_cleanup_push(unlock, &guard);
    stage = 1;
    while (1) pthread_cond_wait(&changed, &guard);
    pthread_cleanup_pop(1);
    return word;
}

static void conditions(void) {
    for (int clock = 0; clock < 2; clock++) {
        pthread_condattr_t kind;
        pthread_condattr_init(&kind);
        pthread_condattr_setclock(&kind, clock ? CLOCK_MONOTONIC : CLOCK_REALTIME);
        pthread_cond_init(&changed, &kind);
        struct timespec until;
        clock_gettime(clock ? CLOCK_MONOTONIC : CLOCK_REALTIME, &until);
        until.tv_nsec += 10000000;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        pthread_mutex_lock(&guard);
        say("clock %d: %s", clock, error(pthread_cond_timedwait(&changed, &guard, &until)));
        pthread_mutex_unlock(&guard);
    }
    pthread_t thread;
    pthread_create(&thread, 0, wait_for_ever, 0);
    until_waiting();
    pthread_cancel(thread);
    void* result;
    pthread_join(thread, &result);
    say("cancelled %d, its lock: %s", result == PTHREAD_CANCELED, error(pthread_mutex_trylock(&guard)));
    pthread_mutex_unlock(&guard);
}

static pthread_barrier_t barrier;
static int rounds[3];
static void* meet(void* word) {
    long last = 0;
    for (int i = 0; i < 3; i++) {
        __atomic_add_fetch(&rounds[i], 1, __ATOMIC_RELAXED);
        last += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
        if (__atomic_load_n(&rounds[i], __ATOMIC_RELAXED) != 8) last += 100;
    }
    (void)word;
    return (void*)last;
}

static void barriers(void) {
    pthread_t threads[8];
    pthread_barrier_init(&barrier, 0, 8);
    for (int i = 0; i < 8; i++) pthread_create(&threads[i], 0, meet, 0);
    long sum = 0;
    for (int i = 0; i < 8; i++) {
        void* result;
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    say("barriers: %ld", sum);
}

static long counter;
static void* count(void* kind) {
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        if (i % 64 == 0) sched_yield();
        pthread_mutex_unlock(&mutex);
    }
    return kind;
}

static void contention(int protocol) {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setprotocol(&kind, protocol);
    pthread_mutex_init(&mutex, &kind);
    counter = 0;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, count, 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
    say("counted %ld", counter);
}

static void* sleep_for_ever(void* word) {
    for (;;) pause();
    return word;
}

static void ends(void) {
    // exit_group while others run, wait and sleep.
    pid_t const pid = fork();
    if (pid == 0) {
        pthread_t thread;
        for (int i = 0; i < 10; i++) pthread_create(&thread, 0, i % 2 ? sleep_for_ever : wait_here, &words[2]);
        until_waiting();
        exit(33);
    }
    int status;
    waitpid(pid, &status, 0);
    say("exit_group: %x", status);
#ifdef __GLIBC__
    // The main thread leaves, the process goes on. (With musl 1.2.3 the other threads of a forked
    // process may wait for ever then: the main one takes the lock of the list of threads with it.)
    pid_t const other = fork();
    if (other == 0) {
        pthread_t thread;
        pthread_create(&thread, 0, lock_it, 0);
        pthread_exit(0);
    }
    waitpid(other, &status, 0);
    say("main has left first: %x", status);
#endif
}

int main(void) {
    words = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    refusals();
    wake_op();
    requeue();
    between_processes();
    vector();
    mutexes(PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
    mutexes(PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
    mutexes(PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED);
    mutexes(PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST);
    death_of_a_process(PTHREAD_PRIO_NONE);
    death_of_a_process(PTHREAD_PRIO_INHERIT);
    raw_pi();
    requeue_to_lock();
    conditions();
    barriers();
    contention(PTHREAD_PRIO_NONE);
    contention(PTHREAD_PRIO_INHERIT);
    ends();
}
