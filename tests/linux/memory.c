// Memory as a program sees it. Prints the same on every Linux: run as root, with 8 MiB of stack.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static void say(char const* what, long result) {
    if (result == -1)
        printf("%s: -1 %s\n", what, strerrorname_np(errno));
    else
        printf("%s: %ld\n", what, result);
}
static long ok(void* address) { return address == MAP_FAILED ? -1 : 1; }

static sigjmp_buf back;
static volatile int caught_code;
static void caught(int signal, siginfo_t* info, void* context) {
    (void)context;
    caught_code = info->si_code;
    siglongjmp(back, signal);
}
// The signal that touching an address brings, with its code.
static void touch(char const* what, volatile char* at, int write) {
    int signal = sigsetjmp(back, 1);
    if (signal == 0) {
        if (write)
            *at = 1;
        else
            (void)*at;
        printf("%s: fine\n", what);
    } else
        printf("%s: %s code %d\n", what, sigabbrev_np(signal), caught_code);
}

static int scratch(char const* name, off_t bytes) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    unlink(name);
    ftruncate(fd, bytes);
    return fd;
}

static void files(void) {
    int fd = scratch("/tmp/memory-test", 3 * PAGE);
    pwrite(fd, "hello", 5, 0);
    char* shared = mmap(0, 4 * PAGE, RW, MAP_SHARED, fd, 0);
    char* private = mmap(0, 4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    char text[6] = {0};
    memcpy(shared, "HE", 2);
    pread(fd, text, 5, 0);
    printf("file after shared write: %s, private sees %.5s\n", text, private);
    memcpy(private, "xx", 2);
    printf("private write: %.5s, file %.5s\n", private, shared);
    pwrite(fd, "new", 3, 100);
    printf("write is seen: %.3s %.3s\n", shared + 100, private + PAGE * 0 + 100);
    touch("behind the end", shared + 3 * PAGE, 0);
    touch("behind the end, to write", private + 3 * PAGE, 1);
    ftruncate(fd, PAGE);
    touch("cut off", shared + PAGE, 0);
    touch("cut off, private", private + 2 * PAGE, 0);
    touch("left", shared + PAGE - 1, 1);
    ftruncate(fd, 2 * PAGE);
    printf("grown again: %d\n", shared[PAGE]);
    // A private copy stays when the file changes under parent and child.
    if (fork() == 0) {
        pwrite(fd, "again", 5, 0);
        printf("child: %.5s, file %.5s\n", private, shared);
        fflush(stdout);
        _exit(0);
    }
    wait(0);
    printf("parent: %.5s\n", private);
    say("punch through a mapping", madvise(shared, PAGE, MADV_REMOVE));
    printf("punched: %d, private still %.5s\n", shared[0], private);
    say("punch a private one", madvise(private, PAGE, MADV_REMOVE));
    say("msync", msync(shared, PAGE, MS_SYNC));
    say("msync both", msync(shared, PAGE, MS_SYNC | MS_ASYNC));
    unsigned char vector[4];
    say("mincore", mincore(shared, 2 * PAGE, vector));
    say("mincore misaligned", mincore(shared + 1, PAGE, vector));
    close(fd);
    munmap(shared, 4 * PAGE);
    munmap(private, 4 * PAGE);
    fd = open("/proc/self/exe", O_RDONLY);
    say("shared writable of read-only", ok(mmap(0, PAGE, RW, MAP_SHARED, fd, 0)));
    char* code = mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    say("made writable", mprotect(code, PAGE, RW));
    say("unknown flag, validated", ok(mmap(0, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0)));
    close(fd);
    say("open the running program to write", open("/proc/self/exe", O_WRONLY));
}

static void anonymous(void) {
    char* a = mmap(0, 4 * PAGE, RW, ANON, -1, 0);
    memset(a, 'a', 4 * PAGE);
    say("unmap the middle", munmap(a + PAGE, PAGE));
    touch("hole", a + PAGE, 0);
    say("fixed, not to replace", ok(mmap(a, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)));
    say("fixed into the hole", mmap(a + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == a + PAGE);
    printf("neighbours: %c %d %c\n", a[0], a[PAGE], a[2 * PAGE]);
    say("read-only", mprotect(a, PAGE, PROT_READ));
    touch("write to read-only", a, 1);
    say("none", mprotect(a, PAGE, PROT_NONE));
    touch("read of none", a, 0);
    say("back", mprotect(a, PAGE, RW));
    printf("kept: %c\n", a[0]);
    say("mprotect over a hole", (munmap(a + PAGE, PAGE), mprotect(a, 4 * PAGE, RW)));
    say("grows down, wrongly", mprotect(a, PAGE, RW | PROT_GROWSDOWN));
    say("dontneed", madvise(a, PAGE, MADV_DONTNEED));
    printf("gone: %d\n", a[0]);
    say("free", madvise(a + 2 * PAGE, PAGE, MADV_FREE));
    say("unknown advice", madvise(a, PAGE, 77));
    say("advice over a hole", madvise(a, 4 * PAGE, MADV_NORMAL));
    say("populate", madvise(a + 2 * PAGE, 2 * PAGE, MADV_POPULATE_WRITE));
    say("populate a hole", madvise(a, 4 * PAGE, MADV_POPULATE_READ));
    mprotect(a + 3 * PAGE, PAGE, PROT_READ);
    say("populate read-only to write", madvise(a + 3 * PAGE, PAGE, MADV_POPULATE_WRITE));
    say("length 0", ok(mmap(0, 0, RW, ANON, -1, 0)));
    say("no kind", ok(mmap(0, PAGE, RW, MAP_ANONYMOUS, -1, 0)));
    say("bad descriptor", ok(mmap(0, PAGE, RW, MAP_PRIVATE, 77, 0)));
    say("misaligned offset", ok(mmap(0, PAGE, RW, MAP_PRIVATE, 0, 5)));
    say("too long", ok(mmap(0, 1UL << 48, RW, ANON, -1, 0)));
    say("more than there is", ok(mmap(0, 1UL << 43, RW, ANON, -1, 0)));
    char* lazy = mmap(0, 8UL << 30, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
    say("8 GiB of nothing", ok(lazy));
    say("a page of it", mprotect(lazy + (5UL << 30), PAGE, RW));
    touch("is there", lazy + (5UL << 30), 1);
    munmap(lazy, 8UL << 30);
    say("below 2 GiB", (uintptr_t)mmap(0, PAGE, RW, ANON | MAP_32BIT, -1, 0) < (1UL << 31));
    say("populated", ok(mmap(0, 1 << 22, RW, ANON | MAP_POPULATE, -1, 0)));
    say("grows down, shared", ok(mmap(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0)));
}

static void moving(void) {
    char* a = mmap(0, 8 * PAGE, RW, ANON, -1, 0);
    for (int i = 0; i < 8; i++) a[i * PAGE] = 'a' + i;
    say("shrink", mremap(a, 8 * PAGE, 6 * PAGE, 0) == a);
    touch("behind", a + 6 * PAGE, 0);
    munmap(a + 4 * PAGE, PAGE);
    say("grow where there is no room", ok(mremap(a, 4 * PAGE, 6 * PAGE, 0)));
    char* b = mremap(a, 4 * PAGE, 16 * PAGE, MREMAP_MAYMOVE);
    printf("moved: %c%c%c%c %d\n", b[0], b[PAGE], b[2 * PAGE], b[3 * PAGE], b[4 * PAGE]);
    touch("where it was", a, 0);
    char* c = mmap(0, 16 * PAGE, RW, ANON, -1, 0);
    say("to a place", mremap(b, 16 * PAGE, 16 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, c) == c);
    printf("there: %c\n", c[PAGE]);
    char* d = mremap(c, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
    say("a copy of the range", ok(d));
    printf("moved %c%c, left %d%d\n", d[0], d[PAGE], c[0], c[PAGE]);
    say("fixed alone", ok(mremap(d, PAGE, PAGE, MREMAP_FIXED, c)));
    say("over itself", ok(mremap(d, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, d + PAGE)));
    say("unknown flag", ok(mremap(d, PAGE, PAGE, 64)));
    say("nothing there", ok(mremap(a, PAGE, 2 * PAGE, MREMAP_MAYMOVE)));
    say("kept, of two sizes", ok(mremap(d, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP)));
    char* s = mmap(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char* t = mremap(s, 0, PAGE, MREMAP_MAYMOVE);
    s[7] = 7;
    printf("a second view: %d\n", t[7]);
    say("of private memory", ok(mremap(d, 0, PAGE, MREMAP_MAYMOVE)));
}

static void children(void) {
    char* shared = mmap(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char* own = mmap(0, PAGE, RW, ANON, -1, 0);
    char* wiped = mmap(0, PAGE, RW, ANON, -1, 0);
    char* kept = mmap(0, PAGE, RW, ANON, -1, 0);
    *own = *wiped = *kept = 'p';
    say("wipe", madvise(wiped, PAGE, MADV_WIPEONFORK));
    say("wipe shared", madvise(shared, PAGE, MADV_WIPEONFORK));
    say("keep from child", madvise(kept, PAGE, MADV_DONTFORK));
    if (fork() == 0) {
        *shared = 'c', *own = 'c';
        printf("child: wiped %d\n", *wiped);
        touch("kept from it", kept, 0);
        fflush(stdout);
        _exit(0);
    }
    wait(0);
    printf("parent: shared %c own %c wiped %c\n", *shared, *own, *wiped);
}

static void heap(void) {
    char* start = sbrk(0);
    say("grow", sbrk(5 * PAGE) == start);
    start[4 * PAGE] = 9;
    say("shrink", brk(start));
    touch("given back", start + 4 * PAGE, 0);
    sbrk(5 * PAGE);
    printf("fresh: %d\n", start[4 * PAGE]);
    say("far too high", brk((void*)(1UL << 46)));
    brk(start);
    struct rlimit limit = {1 << 20, 1 << 20};
    if (fork() == 0) {
        setrlimit(RLIMIT_DATA, &limit);
        say("above RLIMIT_DATA", sbrk(4 << 20) == (void*)-1 ? -1 : 1);
        say("mapping above it", ok(mmap(0, 4 << 20, RW, ANON, -1, 0)));
        say("read-only mapping", ok(mmap(0, 4 << 20, PROT_READ, ANON, -1, 0)));
        fflush(stdout);
        _exit(0);
    }
    wait(0);
    if (fork() == 0) {
        limit.rlim_cur = limit.rlim_max = 64 << 20;
        setrlimit(RLIMIT_AS, &limit);
        say("above RLIMIT_AS", ok(mmap(0, 80 << 20, PROT_NONE, ANON | MAP_NORESERVE, -1, 0)));
        say("below it", ok(mmap(0, 8 << 20, PROT_NONE, ANON, -1, 0)));
        fflush(stdout);
        _exit(0);
    }
    wait(0);
}

static int deep(int n) {
    volatile char room[1024];
    room[0] = (char)n;
    return n == 0 ? room[0] : deep(n - 1) + room[0];
}
static void stack(void) {
    printf("deep: %d\n", deep(6000) != -1);
    // Linux keeps 256 pages free below what grows.
    char* low = mmap(0, 1024 * PAGE, PROT_NONE, ANON, -1, 0);
    munmap(low, 1024 * PAGE);
    char* grows = mmap(low + 1000 * PAGE, PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
    touch("grows down", grows - 3 * PAGE, 1);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        struct rlimit limit = {1 << 20, 1 << 20};
        setrlimit(RLIMIT_STACK, &limit);
        _exit(deep(7000) & 1);
    }
    int status;
    waitpid(child, &status, 0);
    printf("beyond RLIMIT_STACK: signal %d\n", WTERMSIG(status));
}

static void locking(void) {
    char* a = mmap(0, 16 * PAGE, RW, ANON, -1, 0);
    say("lock", mlock(a, 2 * PAGE));
    say("dontneed of locked", madvise(a, PAGE, MADV_DONTNEED));
    say("unlock", munlock(a, 2 * PAGE));
    say("dontneed", madvise(a, PAGE, MADV_DONTNEED));
    munmap(a + 8 * PAGE, PAGE);
    say("lock over a hole", mlock(a, 16 * PAGE));
    say("mlock2 flag", syscall(SYS_mlock2, a, PAGE, 2));
    say("mlockall nothing", mlockall(0));
    fflush(stdout);
    if (fork() == 0) {
        struct rlimit limit = {4 * PAGE, 4 * PAGE};
        setrlimit(RLIMIT_MEMLOCK, &limit);
        setresuid(1000, 1000, 1000);
        say("little", mlock(a, 2 * PAGE));
        say("too much", mlock(a + 2 * PAGE, 3 * PAGE));
        say("mapped locked", ok(mmap(0, 8 * PAGE, RW, ANON | MAP_LOCKED, -1, 0)));
        limit.rlim_cur = limit.rlim_max = 0;
        munlock(a, 2 * PAGE);
        setrlimit(RLIMIT_MEMLOCK, &limit);
        say("nothing allowed", mlock(a, PAGE));
        say("all", mlockall(MCL_CURRENT));
        fflush(stdout);
        _exit(0);
    }
    wait(0);
}

static void segments(void) {
    int id = shmget(IPC_PRIVATE, 3 * PAGE - 5, IPC_CREAT | 0600);
    char* a = shmat(id, 0, 0);
    char* b = shmat(id, 0, SHM_RDONLY);
    say("attached", ok(a) + ok(b));
    a[5] = 42;
    printf("seen: %d\n", b[5]);
    touch("write to read-only", b, 1);
    say("made writable", mprotect(b, PAGE, RW));
    struct shmid_ds ds;
    shmctl(id, IPC_STAT, &ds);
    printf("size %zu, %ld times, mode %o\n", ds.shm_segsz, (long)ds.shm_nattch, ds.shm_perm.mode);
    if (fork() == 0) {
        shmctl(id, IPC_STAT, &ds);
        printf("in a child %ld times\n", (long)ds.shm_nattch);
        a[6] = 43;
        fflush(stdout);
        _exit(0);
    }
    wait(0);
    printf("from the child: %d\n", a[6]);
    say("remove", shmctl(id, IPC_RMID, 0));
    say("still there", shmctl(id, IPC_STAT, &ds));
    printf("mode %o\n", ds.shm_perm.mode);
    say("detach", shmdt(a));
    say("detach again", shmdt(a));
    touch("gone", a, 0);
    say("detach the last", shmdt(b));
    say("not there any more", shmctl(id, IPC_STAT, &ds));
    int key = 0x5ea;
    id = shmget(key, PAGE, IPC_CREAT | IPC_EXCL | 0600);
    say("by key", id != -1);
    say("exclusive", shmget(key, PAGE, IPC_CREAT | IPC_EXCL | 0600));
    say("found", shmget(key, 0, 0) == id);
    say("larger", shmget(key, 2 * PAGE, 0));
    say("misaligned", ok(shmat(id, (void*)0x12345, 0)));
    fflush(stdout);
    if (fork() == 0) {
        setresuid(1000, 1000, 1000);
        say("somebody else", shmget(key, 0, 0400));
        say("attaches", ok(shmat(id, 0, 0)));
        say("removes", shmctl(id, IPC_RMID, 0));
        fflush(stdout);
        _exit(0);
    }
    wait(0);
    say("remove", shmctl(id, IPC_RMID, 0));
    say("by key no more", shmget(key, 0, 0));
    say("empty", shmget(IPC_PRIVATE, 0, 0600));
}

static void barriers(void) {
    say("unregistered", syscall(SYS_membarrier, 8, 0));
    say("register", syscall(SYS_membarrier, 16, 0));
    say("registered", syscall(SYS_membarrier, 8, 0));
    say("flags", syscall(SYS_membarrier, 8, 4));
    say("global", syscall(SYS_membarrier, 1, 0));
}

int main(void) {
    static char other_stack[65536];
    stack_t alternative = {.ss_sp = other_stack, .ss_size = sizeof other_stack};
    sigaltstack(&alternative, 0);
    struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, 0);
    sigaction(SIGBUS, &action, 0);
    setvbuf(stdout, 0, _IOLBF, 1 << 16);
    void (*parts[])(void) = {files, anonymous, moving, children, heap, stack, locking, segments, barriers};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        printf("-- %u\n", i);
        fflush(stdout);
        parts[i]();
        fflush(stdout);
    }
    return 0;
}
