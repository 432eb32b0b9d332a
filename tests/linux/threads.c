// Threads, condition variables, thread-local storage, cancellation, dlopen (where there is one).
// Prints the same on every Linux and with every C library.
#define _GNU_SOURCE
#ifdef WITH_DLOPEN
#include <dlfcn.h>
#endif
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { workers = 8, rounds = 2000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long shared_count, turn;
static _Thread_local long own = 5;
static _Thread_local char big[3000];
static pthread_key_t key;
static atomic_int destroyed;

static void destroy(void* value) { destroyed += value != 0; }

static void* count(void* number) {
    pthread_setspecific(key, number);
    memset(big, (int)(long)number, sizeof big);
    for (int i = 0; i < rounds; i++) {
        pthread_mutex_lock(&mutex);
        shared_count++, own++;
        pthread_mutex_unlock(&mutex);
    }
    return (void*)(own + (big[2999] == (char)(long)number));
}

static void* take_turns(void* number) {
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&mutex);
        while (turn % workers != (long)number) pthread_cond_wait(&changed, &mutex);
        turn++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    return 0;
}

static int cleaned;
static void clean(void* unused) { (void)unused, cleaned++; }
static sem_t never_posted;
static void* wait_for_ever(void* kind) {
    pthread_cleanup_push(clean, 0);
    if (kind == 0) sem_wait(&never_posted);
    if (kind == (void*)1) pause();
    if (kind == (void*)2) sleep(1000);
    if (kind == (void*)3) {
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, 0);
        for (volatile long i = 0;; i++) {}
    }
    if (kind == (void*)4) {
        char byte;
        int ends[2];
        pipe(ends);
        read(ends[0], &byte, 1);
    }
    pthread_cleanup_pop(1);
    return 0;
}

static pthread_barrier_t barrier;
static atomic_int serial;
static void* meet(void* unused) {
    (void)unused;
    for (int i = 0; i < 20; i++)
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) serial++;
    return 0;
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static long pair[2];
static atomic_int torn;
static void* read_or_write(void* number) {
    for (int i = 0; i < 500; i++) {
        if ((long)number % 4 == 0) {
            pthread_rwlock_wrlock(&rwlock);
            pair[0]++;
            pair[1]++;
        } else {
            pthread_rwlock_rdlock(&rwlock);
            torn += pair[0] != pair[1];
        }
        pthread_rwlock_unlock(&rwlock);
    }
    return 0;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int inits;
static void init(void) { inits++; }
static void* call_once(void* unused) {
    (void)unused;
    pthread_once(&once, init);
    return 0;
}

static void all(char const* what, void* (*run)(void*)) {
    pthread_t threads[workers];
    long sum = 0;
    for (long i = 0; i < workers; i++) pthread_create(&threads[i], 0, run, (void*)i);
    for (long i = 0; i < workers; i++) {
        void* result;
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    printf("%s: %ld\n", what, sum);
}

int main(void) {
    setvbuf(stdout, 0, _IOLBF, 4096);
    pthread_key_create(&key, destroy);
    all("counted", count);
    printf("together %ld, main's own %ld, destroyed %d\n", shared_count, own, destroyed);
    all("turns", take_turns);
    printf("turn %ld\n", turn);
    sem_init(&never_posted, 0, 0);
    for (long kind = 0; kind < 5; kind++) {
        pthread_t thread;
        void* result;
        pthread_create(&thread, 0, wait_for_ever, (void*)kind);
        usleep(20000);
        pthread_cancel(thread);
        pthread_join(thread, &result);
        printf("cancelled %ld: %d, cleaned %d\n", kind, result == PTHREAD_CANCELED, cleaned);
    }
    pthread_barrier_init(&barrier, 0, workers);
    all("met", meet);
    printf("serial %d\n", serial);
    all("locks", read_or_write);
    printf("torn %d, written %ld\n", torn, pair[0]);
    all("once", call_once);
    printf("inits %d\n", inits);
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 5000000;
    if (soon.tv_nsec >= 1000000000) soon.tv_nsec -= 1000000000, soon.tv_sec++;
    pthread_mutex_lock(&mutex);
    printf("timed wait: %d\n", pthread_cond_timedwait(&changed, &mutex, &soon) == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_t checked;
    pthread_mutex_init(&checked, &attributes);
    pthread_mutex_lock(&checked);
    printf("twice: %d\n", pthread_mutex_lock(&checked) == EDEADLK);
    if (fork() == 0) {
        own = 99;
        printf("child of a process with threads: %ld\n", own);
        exit(0);
    }
    wait(0);
    pthread_attr_t large;
    pthread_attr_init(&large);
    pthread_attr_setstacksize(&large, 64 << 20);
    pthread_t thread;
    printf("a large stack: %d\n", pthread_create(&thread, &large, count, (void*)1));
    pthread_join(thread, 0);
#ifdef WITH_DLOPEN
    for (int i = 0; i < 2; i++) {
        void* library = dlopen(LIBRARY, RTLD_NOW);
        if (!library) printf("%s\n", dlerror());
        int (*ask)(int) = (int (*)(int))dlsym(library, "ask");
        printf("asked the library: %d\n", ask(20));
        dlclose(library);
    }
    printf("no such: %d\n", dlopen("/tmp/none.so", RTLD_NOW) == 0);
#endif
    return 0;
}
