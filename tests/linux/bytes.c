// Bytes of files: sizes, holes, vectors and their flags, locks, descriptors. The same lines on
// Linux; works in the current folder, an empty tmpfs, as user 0.

#include "try.h"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <signal.h>

static int lock(int file, int command, int type, long start, long length) {
    struct flock words = {.l_type = type, .l_start = start, .l_len = length};
    return fcntl(file, command, &words);
}
static void query(int file, int command, int type, long start, long length) {
    struct flock words = {.l_type = type, .l_start = start, .l_len = length};
    int result = fcntl(file, command, &words);
    printf("query: %d type %d start %ld length %ld pid %d\n", result, words.l_type, words.l_start,
           words.l_len, words.l_type == F_UNLCK ? 0 : words.l_pid < 0 ? -1 : words.l_pid > 0);
    fflush(stdout);
}
#define CHILD(...) do { fflush(stdout); if (fork() == 0) { __VA_ARGS__; exit(0); } wait(0); } while (0)
static void size(int file) {
    struct stat at;
    fstat(file, &at);
    printf("size %ld blocks %ld\n", at.st_size, (long)at.st_blocks);
}

int main(void) {
    char text[16384];
    memset(text, 'x', sizeof text);
    umask(022);
    int file = open("file", O_CREAT | O_RDWR, 0644);
    // ---- holes ----
    TRY(pwrite(file, "data", 4, 100000));
    size(file);
    TRY(lseek(file, 0, SEEK_DATA));
    TRY(lseek(file, 0, SEEK_HOLE));
    TRY(lseek(file, 99000, SEEK_HOLE));
    TRY(lseek(file, 100004, SEEK_HOLE));
    TRY(lseek(file, 100003, SEEK_DATA));
    TRY(lseek(file, 200000, SEEK_DATA));
    TRY(lseek(file, -1, SEEK_DATA));
    TRY(lseek(file, 0, 9));
    TRY(lseek(file, -1, SEEK_SET));
    TRY(lseek(file, 0x7fffffffffffffff, SEEK_SET));
    TRY(lseek(file, 1, SEEK_CUR));
    TRY(write(file, "x", 1));
    TRY(lseek(file, 0, SEEK_SET));
    TRY(fallocate(file, 0, 0, 8192));
    size(file);
    TRY(fallocate(file, FALLOC_FL_KEEP_SIZE, 200000, 4096));
    size(file);
    TRY(fallocate(file, FALLOC_FL_PUNCH_HOLE, 0, 4096));
    TRY(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, 8000));
    size(file);
    TRY(fallocate(file, FALLOC_FL_ZERO_RANGE, 0, 4096));
    TRY(fallocate(file, FALLOC_FL_COLLAPSE_RANGE, 0, 4096));
    TRY(fallocate(file, FALLOC_FL_INSERT_RANGE, 0, 4096));
    TRY(fallocate(file, 0, 0, 0));
    TRY(fallocate(file, 0, -1, 10));
    TRY(fallocate(file, 0, 0x7fffffffffffffff, 10));
    TRY(fallocate(file, 0, 300000, 1));
    size(file);
    TRY(ftruncate(file, 10));
    size(file);
    TRY(ftruncate(file, -1));
    TRY(ftruncate(file, 0));
    size(file);
    int reader = open("file", O_RDONLY);
    TRY(ftruncate(reader, 1));
    TRY(fallocate(reader, 0, 0, 1));
    TRY(write(reader, "x", 1));
    TRY(truncate(".", 0));
    TRY(truncate("nothing", 0));
    // ---- positions and vectors ----
    struct iovec vectors[3] = {{"abc", 3}, {0, 0}, {"def", 3}};
    TRY(writev(file, vectors, 3));
    TRY(writev(file, vectors, 0));
    TRY(writev(file, vectors, -1));
    TRY(writev(file, vectors, 1025));
    TRY(writev(file, 0, 1));
    vectors[1] = (struct iovec){text, -1};
    TRY(writev(file, vectors, 3));
    vectors[1] = (struct iovec){0, 0};
    TRY(pwritev(file, vectors, 3, -1));
    TRY(pwritev(file, vectors, 3, 6));
    TRY(lseek(file, 0, SEEK_CUR));
    TRY(pwritev2(file, vectors, 3, -1, 0));
    TRY(lseek(file, 0, SEEK_CUR));
    TRY(pwritev2(file, vectors, 3, 0, RWF_APPEND));
    TRY(lseek(file, 0, SEEK_CUR));
    size(file);
    TRY(pwritev2(file, vectors, 3, -1, RWF_APPEND));
    TRY(lseek(file, 0, SEEK_CUR));
    TRY(pwritev2(file, vectors, 3, 0, RWF_SYNC | RWF_DSYNC));
    TRY(pwritev2(file, vectors, 3, 0, RWF_HIPRI));
    TRY(pwritev2(file, vectors, 3, 0, RWF_NOWAIT));
    TRY(pwritev2(file, vectors, 3, 0, 0x8000));
    vectors[0].iov_base = text, vectors[2].iov_base = text;
    TRY(preadv2(file, vectors, 3, 0, RWF_NOWAIT));
    TRY(preadv2(file, vectors, 3, 0, RWF_APPEND));
    TRY(preadv2(file, vectors, 3, 0, 0x40000000));
    TRY(preadv(file, vectors, 3, 100));
    TRY(pread(file, text, 10, -1));
    TRY(read(file, (void *)16, 1));
    TRY(pread(file, (void *)16, 1, 0));
    TRY(pread(file, text, 0, 0));
    int append = open("file", O_WRONLY | O_APPEND);
    TRY(pwrite(append, "end", 3, 0));
    size(append);
    TRY(lseek(append, 0, SEEK_CUR));
    TRY(write(append, "end", 3));
    TRY(lseek(append, 0, SEEK_CUR));
    TRY(pwritev2(append, vectors, 1, 0, 0x20));
    int pipes[2];
    pipe(pipes);
    TRY(preadv2(pipes[0], vectors, 3, -1, RWF_NOWAIT));
    TRY(preadv2(pipes[0], vectors, 3, 0, 0));
    TRY(pwrite(pipes[1], "x", 1, 0));
    TRY(lseek(pipes[0], 0, SEEK_SET));
    // ---- limits ----
    struct rlimit limit = {10, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    int small = open("small", O_CREAT | O_RDWR, 0644);
    long results[4];
    results[0] = write(small, text, 20), results[1] = write(small, text, 20) < 0 ? -errno : 0;
    results[2] = ftruncate(small, 11) < 0 ? -errno : 0;
    results[3] = fallocate(small, 0, 0, 11) < 0 ? -errno : 0;
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    printf("limited: %ld %ld %ld %ld\n", results[0], results[1], results[2], results[3]);
    // ---- copies ----
    int to = open("to", O_CREAT | O_RDWR, 0644);
    long offset = 1, other = 5;
    TRY(sendfile(to, reader, &offset, 4));
    printf("offset %ld\n", offset);
    TRY(sendfile(to, reader, 0, 1000));
    TRY(sendfile(to, reader, 0, 1000));
    TRY(sendfile(to, pipes[0], 0, 10));
    TRY(sendfile(to, pipes[0], &offset, 10));
    TRY(sendfile(append, file, 0, 10));
    TRY(sendfile(reader, file, 0, 10));
    TRY(sendfile(pipes[1], file, 0, 10));
    offset = 0;
    TRY(sendfile(pipes[1], file, &offset, 10));
    TRY(read(pipes[0], text, 100));
    offset = -1;
    TRY(sendfile(to, file, &offset, 10));
    int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_RDWR);
    TRY(sendfile(to, zero, 0, 10000));
    TRY(sendfile(null, file, &other, 10000));
    offset = 0, other = 100;
    TRY(copy_file_range(file, &offset, to, &other, 10, 0));
    printf("offsets %ld %ld\n", offset, other);
    TRY(copy_file_range(file, 0, to, 0, 10, 1));
    TRY(copy_file_range(file, 0, append, 0, 10, 0));
    TRY(copy_file_range(file, 0, reader, 0, 10, 0));
    TRY(copy_file_range(pipes[0], 0, to, 0, 10, 0));
    TRY(copy_file_range(open(".", O_RDONLY), 0, to, 0, 10, 0));
    offset = 0, other = 5;
    TRY(copy_file_range(to, &offset, to, &other, 10, 0));
    TRY(copy_file_range(to, &offset, to, &other, 5, 0));
    TRY(copy_file_range(file, 0, to, 0, 0, 0));
    // ---- record locks ----
    TRY(lock(file, F_SETLK, F_WRLCK, 10, 10));
    TRY(lock(file, F_SETLK, F_RDLCK, 12, 3));
    TRY(lock(reader, F_SETLK, F_WRLCK, 0, 1));
    TRY(lock(append, F_SETLK, F_RDLCK, 0, 1));
    TRY(lock(file, F_SETLK, 7, 0, 1));
    TRY(lock(file, F_SETLK, F_WRLCK, -1, 1));
    query(file, F_GETLK, F_WRLCK, 0, 0);
    CHILD({
        query(file, F_GETLK, F_WRLCK, 0, 0);
        query(file, F_GETLK, F_RDLCK, 12, 3);
        query(file, F_GETLK, F_RDLCK, 15, 1);
        TRY(lock(file, F_SETLK, F_WRLCK, 19, 1));
        TRY(lock(file, F_SETLK, F_RDLCK, 13, 1));
        TRY(lock(file, F_SETLK, F_WRLCK, 20, 0));
        TRY(lock(file, F_OFD_SETLK, F_WRLCK, 5, 1));
        query(file, F_OFD_GETLK, F_WRLCK, 0, 0);
    });
    query(file, F_OFD_GETLK, F_WRLCK, 0, 100);
    TRY(lock(file, F_OFD_SETLK, F_WRLCK, 10, 1));
    int same = dup(file);
    TRY(lock(file, F_OFD_SETLK, F_WRLCK, 30, 1));
    TRY(lock(same, F_OFD_SETLK, F_RDLCK, 30, 1));
    TRY(lock(open("file", O_RDWR), F_OFD_SETLK, F_WRLCK, 30, 1));
    close(same);
    CHILD(query(file, F_GETLK, F_WRLCK, 10, 1));
    // closing any descriptor of it gave up the POSIX locks, not the other
    CHILD(query(file, F_GETLK, F_WRLCK, 30, 1));
    struct flock bad = {.l_type = F_WRLCK, .l_pid = 5};
    TRY(fcntl(file, F_OFD_SETLK, &bad));
    // a deadlock is seen
    int ready[2], back[2];
    char byte;
    pipe(ready), pipe(back);
    TRY(lock(file, F_SETLK, F_WRLCK, 0, 1));
    fflush(stdout);
    if (fork() == 0) {
        lock(file, F_SETLK, F_WRLCK, 1, 1);
        write(ready[1], "x", 1);
        int done = lock(file, F_SETLKW, F_WRLCK, 0, 1);
        write(back[1], done ? "n" : "y", 1);
        exit(0);
    }
    read(ready[0], &byte, 1);
    usleep(100000);
    TRY(lock(file, F_SETLKW, F_WRLCK, 1, 1));
    TRY(lock(file, F_SETLK, F_UNLCK, 0, 0));
    read(back[0], &byte, 1);
    printf("the other got it: %c\n", byte);
    wait(0);
    // ---- whole locks ----
    int first = open("file", O_RDONLY), second = open("file", O_RDONLY);
    TRY(flock(first, LOCK_EX));
    TRY(flock(second, LOCK_SH | LOCK_NB));
    TRY(flock(second, LOCK_EX | LOCK_NB));
    TRY(flock(first, LOCK_SH));
    TRY(flock(second, LOCK_SH | LOCK_NB));
    TRY(flock(first, LOCK_EX | LOCK_NB));
    TRY(flock(first, 99));
    TRY(flock(99, LOCK_SH));
    close(first);
    TRY(flock(second, LOCK_EX | LOCK_NB));
    CHILD(TRY(flock(second, LOCK_EX | LOCK_NB)));
    CHILD({ int third = open("file", O_RDONLY); TRY(flock(third, LOCK_EX | LOCK_NB)); });
    TRY(flock(pipes[0], LOCK_EX | LOCK_NB));
    // ---- what fcntl knows ----
    TRY(fcntl(file, F_GETFL) & 0777777);
    TRY(fcntl(append, F_GETFL) & 0777777);
    TRY(fcntl(append, F_SETFL, O_NONBLOCK));
    TRY(fcntl(append, F_GETFL) & 0777777);
    TRY(fcntl(append, F_SETFL, O_RDWR | O_CREAT));
    TRY(fcntl(append, F_GETFL) & 0777777);
    TRY(fcntl(file, F_GETOWN));
    TRY(fcntl(file, F_SETOWN, getpid()));
    TRY(fcntl(file, F_GETOWN) == getpid());
    TRY(fcntl(file, F_SETOWN, -getpgrp()));
    TRY(fcntl(file, F_SETOWN, 999999));
    TRY(fcntl(file, F_GETSIG));
    TRY(fcntl(file, F_SETSIG, SIGUSR1));
    TRY(fcntl(file, F_GETSIG));
    TRY(fcntl(file, F_SETSIG, 65));
    TRY(fcntl(file, F_GETLEASE));
    TRY(fcntl(file, F_SETLEASE, F_WRLCK));
    TRY(fcntl(file, F_SETLEASE, 9));
    TRY(fcntl(file, 12345));
    TRY(fcntl(99, F_GETFD));
    TRY(fcntl(file, F_DUPFD, -1));
    TRY(fcntl(file, F_DUPFD, 100000000));
    TRY(fcntl(file, F_DUPFD, 200));
    TRY(fcntl(file, F_DUPFD_CLOEXEC, 200));
    TRY(fcntl(201, F_GETFD));
    TRY(fcntl(200, F_GETFD));
    TRY(fcntl(file, F_GETPIPE_SZ));
    TRY(dup2(file, 300));
    TRY(dup2(file, -1));
    TRY(dup2(99, 99));
    TRY(dup3(file, file, 0));
    TRY(dup3(file, 301, 1));
    TRY(syscall(SYS_close_range, 300, 299, 0));
    TRY(syscall(SYS_close_range, 200, 400, 8));
    TRY(syscall(SYS_close_range, 200, 201, 4));
    TRY(fcntl(200, F_GETFD));
    TRY(syscall(SYS_close_range, 200, -1, 2));
    TRY(fcntl(300, F_GETFD));
    limit = (struct rlimit){20, 20};
    // ---- what is told of files ----
    struct statx more;
    TRY(statx(AT_FDCWD, "file", 0, STATX_ALL | STATX_MNT_ID, &more));
    printf("mask %x attributes %llx of %llx size %llu born %d\n", more.stx_mask & 0x1fff,
           (unsigned long long)more.stx_attributes & 0x2000,
           (unsigned long long)more.stx_attributes_mask & 0x2000,
           (unsigned long long)more.stx_size, more.stx_btime.tv_sec > 0);
    TRY(statx(AT_FDCWD, ".", 0, STATX_BASIC_STATS, &more));
    printf("root %llx\n", (unsigned long long)more.stx_attributes & 0x2000);
    TRY(statx(AT_FDCWD, "file", 0, 0x80000000, &more));
    TRY(statx(AT_FDCWD, "file", 0x6000, 0, &more));
    TRY(statx(AT_FDCWD, "file", 0x8000, 0, &more));
    TRY(statx(file, "", AT_EMPTY_PATH, 0, &more));
    TRY(statx(file, "", 0, 0, &more));
    struct statfs volume;
    TRY(fstatfs(file, &volume));
    printf("type %lx names %ld\n", volume.f_type, volume.f_namelen);
    TRY(fsync(file));
    TRY(fsync(pipes[0]));
    TRY(fsync(null));
    TRY(fdatasync(99));
    TRY(sync_file_range(file, 0, 10, 7));
    TRY(sync_file_range(file, -1, 10, 7));
    TRY(sync_file_range(file, 0, 10, 8));
    TRY(sync_file_range(pipes[0], 0, 10, 7));
    TRY(syncfs(file));
    TRY(readahead(file, 0, 10));
    TRY(readahead(pipes[0], 0, 10));
    TRY(posix_fadvise(file, 0, 10, 3));
    TRY(posix_fadvise(file, 0, 10, 9));
    TRY(posix_fadvise(pipes[0], 0, 10, 3));
    TRY(syscall(SYS_fadvise64, file, 0, -1, 3));
    int many = 0, last;
    setrlimit(RLIMIT_NOFILE, &limit);
    while ((last = open("file", O_RDONLY)) >= 0)
        many++;
    printf("more: %s\n", strerrorname_np(errno));
    TRY(pipe(pipes));
    TRY(dup(file));
    return 0;
}
