// Names: making, linking, moving and removing them, and the ways that lead to them. The same lines
// on Linux; works in the current folder, an empty tmpfs, as user 0.

#include "try.h"

#include <dirent.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/mman.h>

static int openat2(int at, char const *path, unsigned long flags, unsigned long mode, unsigned long how) {
    struct open_how words = {.flags = flags, .mode = mode, .resolve = how};
    return syscall(SYS_openat2, at, path, &words, sizeof words);
}
static void where(int file, char const *tail_of) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    char *found = strstr(path, tail_of);
    printf("path: %s\n", found ? found : "?");
}

int main(void) {
    char cwd[4096], text[8192];
    struct stat at;
    umask(022);
    // ---- links ----
    put("a", "hello");
    TRY(link("a", "b"));
    show("a");
    TRY(link("a", "b"));
    TRY(mkdir("d", 0755));
    TRY(link("d", "e"));
    TRY(link("nothing", "e"));
    TRY(link("a", "d/"));
    TRY(link("a", "new/"));
    TRY(symlink("a", "s"));
    TRY(link("s", "s2"));
    show("s2");
    TRY(linkat(AT_FDCWD, "s", AT_FDCWD, "s3", AT_SYMLINK_FOLLOW));
    show("s3");
    int a = open("a", O_RDONLY);
    TRY(linkat(a, "", AT_FDCWD, "by-fd", AT_EMPTY_PATH));
    TRY(linkat(a, "", AT_FDCWD, "by-fd2", 0));
    TRY(linkat(AT_FDCWD, "a", AT_FDCWD, "x", 0x8000));
    TRY(symlink("", "empty"));
    TRY(symlink("to", "a"));
    TRY(symlink("to", "d/"));
    memset(text, 'x', sizeof text);
    text[4095] = 0;
    TRY(symlink(text, "long"));
    text[4096] = 0, text[4095] = 'x';
    TRY(symlink(text, "longer"));
    text[255] = 0;
    TRY(mkdir(text, 0755));
    TRY(rmdir(text));
    text[255] = 'x', text[256] = 0;
    TRY(mkdir(text, 0755));
    TRY(readlink("s", text, 0));
    TRY(readlink("a", text, 10));
    TRY(readlink("s", text, 1));
    // ---- loops ----
    symlink("l2", "l1");
    symlink("l1", "l2");
    TRY(open("l1", O_RDONLY));
    TRY(open("l1", O_CREAT | O_WRONLY, 0644));
    TRY(open("l1", O_CREAT | O_EXCL | O_WRONLY, 0644));
    TRY(open("l1", O_RDONLY | O_NOFOLLOW));
    OPEN(open("l1", O_PATH | O_NOFOLLOW));
    TRY(stat("l1", &at));
    TRY(unlink("l2"));
    OPEN(open("l1", O_CREAT | O_WRONLY, 0644));
    show("l2");
    // ---- slashes ----
    TRY(open("a/", O_RDONLY));
    TRY(open("new/", O_CREAT | O_WRONLY, 0644));
    TRY(open("d/", O_CREAT | O_WRONLY, 0644));
    TRY(open("d", O_CREAT | O_RDONLY, 0644));
    TRY(open("d", O_CREAT | O_DIRECTORY, 0644));
    TRY(open("d", O_WRONLY));
    TRY(open("a", O_DIRECTORY));
    OPEN(open("d/", O_RDONLY));
    TRY(mkdir("m/", 0755));
    TRY(rmdir("m/"));
    TRY(mkdir("d/.", 0755));
    TRY(mkdir("d/..", 0755));
    TRY(rmdir("d/."));
    TRY(rmdir("d/.."));
    TRY(rmdir("."));
    TRY(unlink("d"));
    TRY(unlink("d/"));
    TRY(unlink("a/"));
    TRY(unlink("d/."));
    TRY(rmdir("a"));
    TRY(rmdir("/"));
    TRY(stat("", &at));
    TRY(stat("a/b", &at));
    TRY(stat("nothing/b", &at));
    TRY(chdir("a"));
    // ---- moving ----
    TRY(mkdir("d/in", 0755));
    TRY(rename("d", "d/in/d"));
    TRY(rename("d/in", "d"));
    TRY(rename("a", "d"));
    TRY(rename("d", "a"));
    TRY(rename("a", "b"));
    show("a");
    TRY(rename("a", "a/"));
    TRY(rename("d", "f/"));
    show("f");
    TRY(rename("f/", "d"));
    TRY(rename("d/.", "x"));
    TRY(rename(".", "x"));
    TRY(rename("d", "."));
    TRY(rename("nothing", "x"));
    TRY(rename("a", "nothing/x"));
    TRY(rename("d/in", "d/in"));
    TRY(mkdir("empty-folder", 0755));
    TRY(rename("empty-folder", "d"));
    TRY(rename("d", "empty-folder"));
    TRY(rename("empty-folder", "d"));
    TRY(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE));
    TRY(renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE));
    TRY(renameat2(AT_FDCWD, "c", AT_FDCWD, "d", RENAME_EXCHANGE));
    show("c");
    show("d");
    TRY(renameat2(AT_FDCWD, "c", AT_FDCWD, "d", RENAME_EXCHANGE));
    TRY(renameat2(AT_FDCWD, "d", AT_FDCWD, "d/in", RENAME_EXCHANGE));
    TRY(renameat2(AT_FDCWD, "d", AT_FDCWD, "nothing", RENAME_EXCHANGE));
    TRY(renameat2(AT_FDCWD, "c", AT_FDCWD, "d", RENAME_EXCHANGE | RENAME_NOREPLACE));
    TRY(renameat2(AT_FDCWD, "c", AT_FDCWD, "d", 8));
    TRY(rename("c", "a"));
    // ---- files without a name ----
    int nameless = OPEN(open("d", O_TMPFILE | O_RDWR, 0640));
    TRY(write(nameless, "12345", 5));
    TRY(fstat(nameless, &at));
    printf("links %ld mode %o\n", (long)at.st_nlink, at.st_mode);
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", nameless);
    TRY(linkat(AT_FDCWD, link, AT_FDCWD, "d/named", AT_SYMLINK_FOLLOW));
    show("d/named");
    TRY(linkat(nameless, "", AT_FDCWD, "d/named2", AT_EMPTY_PATH));
    int lonely = OPEN(open("d", O_TMPFILE | O_RDWR | O_EXCL, 0640));
    TRY(linkat(lonely, "", AT_FDCWD, "d/lonely", AT_EMPTY_PATH));
    TRY(open("d", O_TMPFILE | O_RDONLY, 0640));
    TRY(open("a", O_TMPFILE | O_RDWR, 0640));
    TRY(open("d", 020000000 | O_RDWR, 0640));
    // ---- O_PATH ----
    int path = OPEN(open("a", O_PATH));
    TRY(read(path, text, 1));
    TRY(write(path, text, 1));
    TRY(fchmod(path, 0600));
    TRY(fchown(path, 0, 0));
    TRY(ftruncate(path, 0));
    TRY(fstat(path, &at));
    TRY(lseek(path, 0, SEEK_SET));
    TRY(fcntl(path, F_GETFL) & O_PATH);
    TRY(fcntl(path, F_SETFL, 0));
    TRY(fcntl(path, F_GETFD));
    TRY(fcntl(path, F_SETFD, 1));
    TRY(fcntl(path, F_GETOWN));
    TRY(fsync(path));
    TRY(fgetxattr(path, "user.x", text, 1));
    TRY(ioctl(path, 0x541b, text));
    TRY(mmap(0, 4096, PROT_READ, MAP_PRIVATE, path, 0) == MAP_FAILED ? -1 : 0);
    TRY(close(dup(path)));
    TRY(fchdir(path));
    TRY(flock(path, 1));
    TRY(fchmodat(path, "", 0644, AT_EMPTY_PATH));
    TRY(faccessat(path, "", R_OK, AT_EMPTY_PATH));
    struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    TRY(futimens(path, now));
    TRY(utimensat(path, "", now, AT_EMPTY_PATH));
    int folder = OPEN(open("d", O_PATH | O_DIRECTORY));
    TRY(openat(folder, "named", O_RDONLY) < 0 ? -1 : 0);
    TRY(syscall(217, folder, text, 1024));
    snprintf(link, sizeof link, "/proc/self/fd/%d", path);
    OPEN(open(link, O_RDONLY));
    int symbolic = OPEN(open("s", O_PATH | O_NOFOLLOW));
    TRY(readlinkat(symbolic, "", text, 10));
    TRY(open("a", O_PATH | O_CREAT | O_EXCL, 0644) < 0 ? -1 : 0);
    // ---- openat2 ----
    TRY(syscall(SYS_openat2, AT_FDCWD, "a", 0, 24));
    TRY(syscall(SYS_openat2, AT_FDCWD, "a", text, 8));
    struct open_how how[2] = {{.flags = O_RDONLY}, {.flags = 1}};
    TRY(syscall(SYS_openat2, AT_FDCWD, "a", how, 40));
    how[1].flags = 0;
    OPEN(syscall(SYS_openat2, AT_FDCWD, "a", how, 40));
    OPEN(openat2(AT_FDCWD, "a", O_RDONLY, 0, 0));
    OPEN(openat2(AT_FDCWD, "a", O_RDONLY, 0644, 0));
    OPEN(openat2(AT_FDCWD, "a", 0x40000000, 0, 0));
    OPEN(openat2(AT_FDCWD, "a", O_PATH | O_RDWR, 0, 0));
    OPEN(openat2(AT_FDCWD, "a", O_RDONLY, 0, 0x40));
    OPEN(openat2(AT_FDCWD, "n1", O_CREAT | O_RDWR, 0100644, 0));
    OPEN(openat2(AT_FDCWD, "n1", O_CREAT | O_RDWR, 0200000, 0));
    OPEN(openat2(AT_FDCWD, "s", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
    OPEN(openat2(AT_FDCWD, "s", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS));
    OPEN(openat2(AT_FDCWD, link, O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
    OPEN(openat2(AT_FDCWD, "d/../a", O_RDONLY, 0, RESOLVE_BENEATH));
    OPEN(openat2(AT_FDCWD, "../a", O_RDONLY, 0, RESOLVE_BENEATH));
    OPEN(openat2(AT_FDCWD, "/a", O_RDONLY, 0, RESOLVE_BENEATH));
    OPEN(openat2(AT_FDCWD, "/a", O_RDONLY, 0, RESOLVE_IN_ROOT));
    OPEN(openat2(AT_FDCWD, "/../../a", O_RDONLY, 0, RESOLVE_IN_ROOT));
    OPEN(openat2(AT_FDCWD, "../a", O_RDONLY, 0, RESOLVE_IN_ROOT | RESOLVE_BENEATH));
    symlink("/a", "absolute");
    OPEN(openat2(AT_FDCWD, "absolute", O_RDONLY, 0, RESOLVE_IN_ROOT));
    OPEN(openat2(AT_FDCWD, "absolute", O_RDONLY, 0, RESOLVE_BENEATH));
    OPEN(openat2(AT_FDCWD, "/proc/self/stat", O_RDONLY, 0, RESOLVE_NO_XDEV));
    OPEN(openat2(AT_FDCWD, "..", O_RDONLY, 0, RESOLVE_NO_XDEV));
    OPEN(openat2(AT_FDCWD, "a", O_RDONLY, 0, RESOLVE_CACHED));
    OPEN(openat2(AT_FDCWD, "a", O_RDWR | O_TRUNC, 0, RESOLVE_CACHED));
    // ---- a removed working folder ----
    TRY(mkdir("gone", 0755));
    TRY(chdir("gone"));
    int here = open(".", O_RDONLY);
    TRY(rmdir("../gone"));
    TRY(getcwd(cwd, sizeof cwd) ? 0 : -1);
    TRY(syscall(SYS_getcwd, cwd, sizeof cwd));
    where(here, "/gone");
    TRY(open("x", O_CREAT | O_RDWR, 0644));
    TRY(mkdir("x", 0755));
    TRY(stat(".", &at));
    TRY(syscall(217, here, text, 1024));
    TRY(chdir(".."));
    TRY(syscall(SYS_getcwd, cwd, 1));
    int file = open("removed", O_CREAT | O_RDWR, 0644);
    unlink("removed");
    where(file, "/removed");
    // ---- many names, removed while they are listed ----
    mkdir("many", 0755);
    chdir("many");
    for (int i = 0; i < 10000; i++) {
        sprintf(text, "%d", i);
        close(open(text, O_CREAT | O_WRONLY, 0644));
    }
    DIR *list = opendir(".");
    struct dirent *each;
    int removed = 0;
    long mark = -1;
    char marked[64] = "";
    while ((each = readdir(list))) {
        if (each->d_name[0] == '.')
            continue;
        removed += unlink(each->d_name) == 0;
    }
    printf("removed %d\n", removed);
    for (int i = 0; i < 10; i++)
        close(open((sprintf(text, "n%d", i), text), O_CREAT | O_WRONLY, 0644));
    rewinddir(list);
    for (int i = 0; i < 5; i++)
        readdir(list);
    mark = telldir(list);
    strcpy(marked, readdir(list)->d_name);
    while (readdir(list))
        ;
    seekdir(list, mark);
    printf("the same place: %d\n", strcmp(marked, readdir(list)->d_name));
    chdir("..");
    TRY(rmdir("many"));
    // ---- a program that runs ----
    int self = open("/proc/self/exe", O_RDONLY), copy = open("program", O_CREAT | O_WRONLY, 0755);
    long bytes;
    while ((bytes = read(self, text, sizeof text)) > 0)
        write(copy, text, bytes);
    TRY(faccessat(AT_FDCWD, "program", X_OK, 0));
    if (fork() == 0) {
        execl("./program", "program", "x", (char *)0);
        printf("exec: %s\n", strerrorname_np(errno));
        exit(0);
    }
    wait(0);
    close(copy);
    TRY(access("nothing", 0));
    TRY(access("a", X_OK));
    TRY(access("a", 8));
    TRY(faccessat(AT_FDCWD, "a", R_OK, 0x8000));
    TRY(mknod("fifo", S_IFIFO | 0600, 0));
    TRY(mknod("plain", 0600, 0));
    TRY(mknod("folder", S_IFDIR | 0600, 0));
    TRY(mknod("odd", 0110000, 0));
    TRY(mknod("null", S_IFCHR | 0666, 0x103));
    show("null");
    OPEN(open("null", O_RDWR));
    TRY(mknod("sock", S_IFSOCK | 0666, 0));
    TRY(open("sock", O_RDWR));
    TRY(mknod("nodevice", S_IFCHR | 0666, 0xfe0));
    TRY(open("nodevice", O_RDWR));
    TRY(syscall(SYS_name_to_handle_at, AT_FDCWD, "/proc/self/stat", text, text + 200, 0) < 0 ? -1 : 0);
    // ---- chroot ----
    mkdir("root", 0755);
    mkdir("root/sub", 0755);
    put("root/file", "x");
    symlink("/file", "root/link");
    int out = open(".", O_RDONLY);
    TRY(chroot("root"));
    TRY(stat("/file", &at));
    TRY(stat("/../file", &at));
    TRY(stat("/link", &at));
    long length = syscall(SYS_getcwd, cwd, sizeof cwd);
    printf("outside: %.13s\n", length > 0 ? cwd : "?");
    TRY(chdir("/sub"));
    syscall(SYS_getcwd, cwd, sizeof cwd);
    printf("inside: %s\n", cwd);
    TRY(chdir("../.."));
    syscall(SYS_getcwd, cwd, sizeof cwd);
    printf("inside: %s\n", cwd);
    TRY(fchdir(out));
    TRY(stat("root/file", &at));
    TRY(chroot("."));
    return 0;
}
