// inotify: what is told of each operation, in which order; the same lines on Linux. Works in the
// current folder, which is to be an empty tmpfs.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int instance;
static unsigned first_cookie;

static void try(char const *what, long result) {
    if (result < 0)
        printf("%s: %s\n", what, strerrorname_np(errno));
    else
        printf("%s: %ld\n", what, result);
}

static void tell(char const *what) {
    static char const *const names[] = {"ACCESS", "MODIFY", "ATTRIB", "CLOSE_WRITE", "CLOSE_NOWRITE",
        "OPEN", "MOVED_FROM", "MOVED_TO", "CREATE", "DELETE", "DELETE_SELF", "MOVE_SELF", 0,
        "UNMOUNT", "OVERFLOW", "IGNORED"};
    char buffer[65536] __attribute__((aligned(8)));
    printf("%s:", what);
    long bytes = read(instance, buffer, sizeof buffer);
    for (long at = 0; at < bytes;) {
        struct inotify_event *event = (void *)(buffer + at);
        printf(" [%d", event->wd);
        for (int i = 0; i < 16; i++)
            if (event->mask >> i & 1)
                printf(" %s", names[i] ? names[i] : "?");
        if (event->mask & IN_ISDIR)
            printf(" ISDIR");
        if (event->cookie) {
            if (!first_cookie)
                first_cookie = event->cookie;
            printf(" cookie+%u", event->cookie - first_cookie);
        }
        if (event->len)
            printf(" %s/%u", event->name, event->len);
        printf("]");
        at += sizeof *event + event->len;
    }
    printf(bytes < 0 ? " %s\n" : "\n", strerrorname_np(errno));
}

static void put(char const *name, char const *text) {
    int file = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);
    write(file, text, strlen(text));
    close(file);
}

int main(void) {
    char small[8];
    struct pollfd look = {.events = POLLIN};
    int bytes;

    try("init1 with a strange flag", inotify_init1(4));
    instance = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    look.fd = instance;
    mkdir("d", 0755);
    mkdir("e", 0755);
    try("watch d", inotify_add_watch(instance, "d", IN_ALL_EVENTS));
    try("again", inotify_add_watch(instance, "d", IN_ALL_EVENTS));
    try("must be new", inotify_add_watch(instance, "d", IN_ALL_EVENTS | IN_MASK_CREATE));
    try("both ways", inotify_add_watch(instance, "d", IN_OPEN | IN_MASK_CREATE | IN_MASK_ADD));
    try("nothing wanted", inotify_add_watch(instance, "d", 0));
    try("an unknown bit", inotify_add_watch(instance, "d", 0x100000));
    try("nothing there", inotify_add_watch(instance, "nothing", IN_OPEN));
    try("no instance", inotify_add_watch(0, "d", IN_OPEN));
    try("no descriptor", inotify_add_watch(99, "d", IN_OPEN));
    try("no such watch", inotify_rm_watch(instance, 77));
    try("poll when empty", poll(&look, 1, 0));
    tell("nothing");

    put("d/a", "x");
    try("poll", poll(&look, 1, 0));
    try("bytes", ioctl(instance, FIONREAD, &bytes) ? -1 : bytes);
    try("read into too little", read(instance, small, sizeof small));
    tell("create a file");
    int file = open("d/a", O_RDWR);
    read(file, small, 1);
    pread(file, small, 1, 0);
    read(file, small, 1);
    tell("read");
    write(file, "yy", 2);
    write(file, "zz", 2);
    ftruncate(file, 1);
    fallocate(file, 0, 0, 100);
    tell("write");
    fchmod(file, 0600);
    fchown(file, 0, 0);
    struct timespec both[2] = {{.tv_sec = 5}, {.tv_sec = 6}};
    futimens(file, both);
    both[0].tv_nsec = UTIME_OMIT;
    futimens(file, both);
    both[0].tv_nsec = 0, both[1].tv_nsec = UTIME_OMIT;
    futimens(file, both);
    tell("attributes");
    close(file);
    tell("close");
    chmod("d", 0700);
    tell("attributes of the folder");
    int folder = open("d", O_RDONLY | O_DIRECTORY);
    char listing[1024];
    syscall(217, folder, listing, sizeof listing);
    close(folder);
    tell("list the folder");

    rename("d/a", "d/b");
    tell("rename within");
    rename("d/b", "e/b");
    tell("move out");
    rename("e/b", "d/c");
    tell("move in");
    try("watch e", inotify_add_watch(instance, "e", IN_ALL_EVENTS));
    try("watch c", inotify_add_watch(instance, "d/c", IN_ALL_EVENTS));
    rename("d/c", "e/c");
    tell("move from one to the other");
    put("e/old", "1");
    tell("made");
    try("watch old", inotify_add_watch(instance, "e/old", IN_ALL_EVENTS));
    rename("e/c", "e/old");
    tell("replace");
    put("e/x", "");
    put("e/y", "");
    tell("two more");
    renameat2(AT_FDCWD, "e/x", AT_FDCWD, "e/y", RENAME_EXCHANGE);
    tell("exchange");
    mkdir("d/sub", 0755);
    rename("d/sub", "e/sub");
    rmdir("e/sub");
    tell("a folder's life");
    link("e/old", "d/second");
    symlink("old", "e/link");
    mknod("e/fifo", S_IFIFO | 0600, 0);
    tell("links and a pipe");
    unlink("d/second");
    tell("one link less");
    file = open("e/old", O_RDONLY);
    unlink("e/old");
    tell("unlink while open");
    close(file);
    tell("and then closed");
    put("e/once", "");
    tell("made");
    try("watch once", inotify_add_watch(instance, "e/once", IN_ONESHOT | IN_OPEN | IN_CLOSE));
    close(open("e/once", O_RDONLY));
    tell("one shot");

    put("e/gone", "");
    file = open("e/gone", O_RDWR);
    unlink("e/gone");
    tell("gone");
    write(file, "1", 1);
    tell("its folder hears of it still");
    try("not of unlinked files", inotify_add_watch(instance, "e", IN_ALL_EVENTS | IN_EXCL_UNLINK));
    write(file, "1", 1);
    close(file);
    tell("its folder does not");

    try("only folders", inotify_add_watch(instance, "e/x", IN_OPEN | IN_ONLYDIR));
    try("not followed", inotify_add_watch(instance, "e/link", IN_ATTRIB | IN_DONT_FOLLOW));
    try("followed", inotify_add_watch(instance, "e/link", IN_ATTRIB));
    try("add to the mask", inotify_add_watch(instance, "e/x", IN_OPEN));
    try("add to the mask", inotify_add_watch(instance, "e/x", IN_CLOSE | IN_MASK_ADD));
    close(open("e/x", O_RDONLY));
    tell("both");
    try("take it away", inotify_rm_watch(instance, 1));
    tell("ignored");
    mkdir("e/long", 0755);
    tell("and so on");
    try("watch long", inotify_add_watch(instance, "e/long", IN_ALL_EVENTS));
    put("e/long/fifteen-letters", "");
    put("e/long/sixteen-letters!", "");
    close(open("e/long/fifteen-letters", O_PATH));
    tell("lengths of names");
    unlink("e/long/fifteen-letters");
    unlink("e/long/sixteen-letters!");
    rmdir("e/long");
    tell("the watched folder goes");
    file = open("e", O_TMPFILE | O_RDWR, 0600);
    write(file, "x", 1);
    tell("a temporary file");
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    linkat(AT_FDCWD, path, AT_FDCWD, "e/named", AT_SYMLINK_FOLLOW);
    close(file);
    tell("gets a name");

    mkdir("m", 0755);
    if (mount("none", "m", "tmpfs", 0, "") == 0) {
        put("m/f", "");
        try("watch in a mount", inotify_add_watch(instance, "m/f", IN_ALL_EVENTS));
        umount("m");
        tell("unmounted");
    }

    for (int i = 0; i < 17000; i++)
        close(open(i % 2 ? "e/x" : "e/y", O_RDONLY));
    static char all[17000 * 32];
    long events = 0, overflows = 0, got;
    while ((got = read(instance, all, sizeof all)) > 0)
        for (long at = 0; at < got; events++) {
            struct inotify_event *event = (void *)(all + at);
            overflows += (event->mask & IN_Q_OVERFLOW) && event->wd == -1;
            at += sizeof *event + event->len;
        }
    printf("events %ld overflows %ld\n", events, overflows);
    int count = 0, one;
    while ((one = inotify_init()) >= 0)
        count++;
    printf("more instances: %s %s\n", count > 100 ? "many" : "few", strerrorname_np(errno));
    return 0;
}
