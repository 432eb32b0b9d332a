// 200 processes at once, each with five threads: a thousand and two hundred. They meet, and then they all go.
#include "say.h"
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { processes = 200, threads = 5 };
static int* there;

static void* be_there(void* word) {
    __atomic_add_fetch(there, 1, __ATOMIC_RELAXED);
    for (;;) pause();
    return word;
}

int main(void) {
    there = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pids[processes];
    for (int i = 0; i < processes; i++) {
        pids[i] = fork();
        if (pids[i] < 0) say("fork %d: %s", i, outcome(-1));
        if (pids[i] != 0) continue;
        pthread_attr_t small;
        pthread_attr_init(&small);
        pthread_attr_setstacksize(&small, 65536);
        pthread_t thread;
        for (int j = 0; j < threads; j++)
            if (pthread_create(&thread, &small, be_there, 0) != 0) say("no thread");
        for (;;) pause();
    }
    for (int i = 0; i < 30000 && __atomic_load_n(there, __ATOMIC_RELAXED) < processes * threads; i++) usleep(1000);
    say("threads %d", *there);
    int ended = 0, status;
    for (int i = 0; i < processes; i++) kill(pids[i], i % 2 ? SIGKILL : SIGTERM);
    while (wait(&status) > 0) ended += WIFSIGNALED(status);
    say("ended %d", ended);
    // A thousand in one process.
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    pid_t const pid = fork();
    if (pid == 0) {
        *there = 0;
        pthread_t thread;
        for (int i = 0; i < 1000; i++)
            if (pthread_create(&thread, &small, be_there, 0) != 0) say("no thread %d", i);
        for (int i = 0; i < 30000 && __atomic_load_n(there, __ATOMIC_RELAXED) < 1000; i++) usleep(1000);
        say("threads %d", *there);
        exit(5);
    }
    waitpid(pid, &status, 0);
    say("status %x", status);
}
