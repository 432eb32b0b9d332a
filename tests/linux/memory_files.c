// memfd_create and seals: what each call answers. The same on Linux and on Skerry.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void say(char const* what, long answer) {
    printf("%s: %ld%s%s\n", what, answer, answer < 0 ? " " : "",
           answer < 0 ? strerrorname_np(errno) : "");
}
#define T(call) say(#call, (long)(call))

int main(void) {
    setbuf(stdout, NULL);
    int const plain = memfd_create("plain", 0);
    T(fcntl(plain, F_GET_SEALS));
    T(fcntl(plain, F_ADD_SEALS, F_SEAL_GROW));
    T(fcntl(plain, F_GETFD));
    int const fd = memfd_create("a name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    T(fcntl(fd, F_GETFD));
    char name[300] = {0}, text[16];
    sprintf(text, "/proc/self/fd/%d", fd);
    readlink(text, name, 299);
    printf("%s\n", name);
    struct stat st;
    fstat(fd, &st);
    printf("mode %o links %d size %d\n", st.st_mode, (int)st.st_nlink, (int)st.st_size);
    T(ftruncate(fd, 8192));
    char* const map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    strcpy(map, "through the mapping");
    T(pread(fd, name, 19, 0));
    printf("%.19s\n", name);
    T(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    T(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    T(ftruncate(fd, 16384));
    T(pwrite(fd, "x", 1, 8192));
    T(pwrite(fd, "xyz", 3, 8190));
    T(ftruncate(fd, 4096));
    T(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
    T(ftruncate(fd, 100));
    T(ftruncate(fd, 4096));
    munmap(map, 8192);
    T(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    char* const read_only = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    printf("%.7s\n", read_only);
    T(fcntl(fd, F_GET_SEALS));
    T(write(fd, "x", 1));
    T(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
    T(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
    T(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
    T(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
    T(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
    T(fcntl(fd, F_ADD_SEALS, 0x1000));
    T(fcntl(0, F_GET_SEALS) < 0);
    int const again = open(text, O_RDONLY);
    T(fcntl(again, F_ADD_SEALS, F_SEAL_SEAL));
    T(read(again, name, 7));
    int const future = memfd_create("", MFD_ALLOW_SEALING);
    T(ftruncate(future, 4096));
    char* const before = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, future, 0);
    T(fcntl(future, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
    before[0] = 'b';
    T(write(future, "x", 1));
    T(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, future, 0) == MAP_FAILED ? -1 : 0);
    char* const shared = mmap(NULL, 4096, PROT_READ, MAP_SHARED, future, 0);
    printf("%c\n", shared[0]);
    T(mprotect(shared, 4096, PROT_READ | PROT_WRITE));
    T(memfd_create("x", 0x8000));
    memset(name, 'n', 249);
    name[249] = 0;
    T(memfd_create(name, 0) < 0 ? -1 : 0);
    memset(name, 'n', 250);
    name[250] = 0;
    T(memfd_create(name, 0));
    return 0;
}
