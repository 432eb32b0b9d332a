// Mounts: volumes, the same folder in two places, flags that hold, and taking them away again. The
// same lines on Linux; works in the current folder, an empty tmpfs, as user 0, in a name space of
// its own where there are any.

#define _GNU_SOURCE
#include <sched.h>

#include "try.h"

#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

static char base[4096];

/// The lines of a list of mounts whose place is below here, without what differs between systems.
static void mounts(void) {
    char line[4096], source[512], place[512], type[64], options[512];
    FILE *list = fopen("/proc/self/mounts", "r");
    while (fgets(line, sizeof line, list)) {
        sscanf(line, "%511s %511s %63s %511s", source, place, type, options);
        if (strncmp(place, base, strlen(base)) != 0 || place[strlen(base)] != '/')
            continue;
        char *size = strstr(options, ",size=");
        if (size)
            *size = 0;
        printf("  %s on %s type %s %s\n", source, place + strlen(base), type, options);
    }
    fclose(list);
    fflush(stdout);
}
static void info(void) {
    char line[4096], root[512], place[512], options[512], type[64], source[64];
    int id, parent, major, minor;
    FILE *list = fopen("/proc/self/mountinfo", "r");
    while (fgets(line, sizeof line, list)) {
        char *tail = strstr(line, " - ");
        if (!tail || sscanf(line, "%d %d %d:%d %511s %511s %511s", &id, &parent, &major, &minor, root, place, options) != 7)
            continue;
        sscanf(tail + 3, "%63s %63s", type, source);
        if (strncmp(place, base, strlen(base)) != 0 || place[strlen(base)] != '/')
            continue;
        struct stat at;
        stat(place, &at);
        printf("  %s on %s %s %s %s device %s\n", root, place + strlen(base), options, type, source,
               at.st_dev == makedev(major, minor) ? "right" : "wrong");
    }
    fclose(list);
    fflush(stdout);
}

int main(void) {
    struct statfs volume;
    struct stat one, two;
    char text[4096];
    unshare(CLONE_NEWNS);
    mount(0, "/", 0, MS_REC | MS_PRIVATE, 0);
    syscall(SYS_getcwd, base, sizeof base);
    umask(022);
    mkdir("a", 0755), mkdir("b", 0755), mkdir("c", 0755);
    // ---- tmpfs and its options ----
    TRY(mount("first", "a", "tmpfs", 0, "size=64k,mode=750,uid=3,gid=4"));
    show("a");
    TRY(statfs("a", &volume));
    printf("blocks %ld of %ld type %lx\n", (long)volume.f_blocks, (long)volume.f_bsize, (long)volume.f_type);
    int file = open("a/full", O_CREAT | O_RDWR, 0644);
    long total = 0, now;
    while ((now = write(file, text, sizeof text)) > 0)
        total += now;
    printf("room for %ld: %s\n", total, strerrorname_np(errno));
    close(file);
    TRY(umount("a"));
    TRY(mount("first", "a", "tmpfs", 0, "nr_inodes=5"));
    statfs("a", &volume);
    printf("nodes %ld\n", (long)volume.f_files);
    for (int i = 0; i < 6; i++) {
        sprintf(text, "a/%d", i);
        now = creat(text, 0644);
        printf("%d: %s\n", i, now < 0 ? strerrorname_np(errno) : "made");
        close(now);
    }
    TRY(umount("a"));
    TRY(mount("first", "a", "tmpfs", 0, "nonsense=5"));
    TRY(mount("first", "a", "tmpfs", 0, "size=x"));
    TRY(mount("first", "a", "tmpfs", 0, "mode=9"));
    TRY(mount("first", "a", "nonsense", 0, 0));
    TRY(mount("first", "nothing", "tmpfs", 0, 0));
    TRY(mount("first", "a/nothing", "tmpfs", 0, 0));
    put("plain", "x");
    TRY(mount("first", "plain", "tmpfs", 0, 0));
    TRY(umount("a"));
    TRY(umount("nothing"));
    TRY(umount2("a", 64));
    TRY(mount("first", "a", 0, 0, 0));
    // ---- flags that hold ----
    TRY(mount("first", "a", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME, 0));
    mounts();
    mknod("a/null", S_IFCHR | 0666, 0x103);
    TRY(open("a/null", O_RDWR));
    file = open("/proc/self/exe", O_RDONLY);
    int copy = open("a/program", O_CREAT | O_WRONLY, 0755);
    while ((now = read(file, text, sizeof text)) > 0)
        write(copy, text, now);
    close(copy), close(file);
    TRY(access("a/program", X_OK));
    fflush(stdout);
    if (fork() == 0) {
        execl("a/program", "program", (char *)0);
        printf("exec: %s\n", strerrorname_np(errno));
        exit(0);
    }
    wait(0);
    struct statvfs flags;
    statvfs("a", &flags);
    printf("flags %lx\n", flags.f_flag & 0x4ff);
    put("a/file", "text");
    TRY(mount("x", "a", "", MS_REMOUNT | MS_RDONLY, 0));
    mounts();
    TRY(open("a/new", O_CREAT | O_RDWR, 0644));
    TRY(open("a/file", O_RDWR));
    TRY(unlink("a/file"));
    TRY(mkdir("a/x", 0755));
    TRY(chmod("a/file", 0600));
    TRY(truncate("a/file", 0));
    TRY(rename("a/file", "a/other"));
    TRY(link("a/file", "a/other"));
    TRY(utimensat(AT_FDCWD, "a/file", 0, 0));
    TRY(access("a/file", W_OK));
    TRY(open("a/file", O_RDONLY) < 0 ? -1 : 0);
    TRY(mount("x", "a", "", MS_REMOUNT, 0));
    mounts();
    file = open("a/file", O_RDWR);
    TRY(mount("x", "a", "", MS_REMOUNT | MS_RDONLY, 0));
    close(file);
    TRY(mount("x", "plain", "", MS_REMOUNT | MS_RDONLY, 0));
    TRY(mount("x", "b", "", MS_REMOUNT | MS_RDONLY, 0));
    // ---- the same folder twice ----
    mkdir("a/sub", 0755), mkdir("a/sub/deep", 0755);
    put("a/sub/inside", "1");
    TRY(mount("a/sub", "b", 0, MS_BIND, 0));
    mounts();
    info();
    stat("a/sub", &one), stat("b", &two);
    printf("the same: %d\n", one.st_ino == two.st_ino && one.st_dev == two.st_dev);
    TRY(link("b/inside", "a/sub/linked"));
    TRY(rename("b/inside", "a/sub/moved"));
    stat("b/..", &one), stat(".", &two);
    printf("above: %d\n", one.st_ino == two.st_ino);
    TRY(chdir("b/deep"));
    TRY(syscall(SYS_getcwd, text, sizeof text) < 0 ? -1 : 0);
    printf("%s\n", text + strlen(base));
    TRY(chdir(base));
    TRY(mount("x", "b", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0));
    mounts();
    TRY(open("b/new", O_CREAT | O_RDWR, 0644));
    TRY(open("a/sub/new", O_CREAT | O_RDWR, 0644) < 0 ? -1 : 0);
    TRY(rmdir("b"));
    TRY(rename("b", "z"));
    TRY(unlink("b"));
    TRY(rmdir("a/sub"));
    file = open("b/new", O_RDONLY);
    TRY(umount("b"));
    TRY(umount2("b", MNT_DETACH));
    TRY(access("b/new", F_OK));
    TRY(read(file, text, 1));
    close(file);
    // ---- with what is mounted below ----
    TRY(mount("second", "a/sub/deep", "tmpfs", 0, 0));
    put("a/sub/deep/leaf", "1");
    TRY(umount("a"));
    TRY(mount("a", "b", 0, MS_BIND, 0));
    TRY(access("b/sub/deep/leaf", F_OK));
    TRY(umount("b"));
    TRY(mount("a", "b", 0, MS_BIND | MS_REC, 0));
    TRY(access("b/sub/deep/leaf", F_OK));
    mounts();
    info();
    TRY(umount2("b", MNT_DETACH));
    mounts();
    TRY(umount("a/sub/deep"));
    // ---- files over files ----
    put("over", "over"), put("under", "under");
    TRY(mount("over", "under", 0, MS_BIND, 0));
    file = open("under", O_RDONLY);
    now = read(file, text, 10);
    printf("%.*s\n", (int)now, text);
    close(file);
    TRY(unlink("under"));
    TRY(mount("over", "b", 0, MS_BIND, 0));
    TRY(mount("b", "over", 0, MS_BIND, 0));
    TRY(umount("under"));
    // ---- moving ----
    TRY(mount("third", "b", "tmpfs", 0, 0));
    put("b/here", "1");
    mkdir("b/place", 0755);
    TRY(mount("fourth", "b/place", "tmpfs", 0, 0));
    TRY(mount("b", "c", 0, MS_MOVE, 0));
    mounts();
    TRY(access("c/here", F_OK));
    TRY(access("b/here", F_OK));
    TRY(mount("c", "c/place", 0, MS_MOVE, 0));
    TRY(mount("b", "a", 0, MS_MOVE, 0));
    // ---- one over another ----
    TRY(mount("fifth", "c", "tmpfs", 0, 0));
    TRY(access("c/here", F_OK));
    mounts();
    TRY(umount("c"));
    TRY(access("c/here", F_OK));
    TRY(umount("c"));
    TRY(umount2("c", MNT_EXPIRE));
    TRY(umount("c/place"));
    TRY(umount2("c", MNT_EXPIRE | MNT_FORCE));
    TRY(umount2("c", MNT_EXPIRE));
    TRY(umount2("c", MNT_EXPIRE));
    symlink("a", "link");
    TRY(umount2("link", UMOUNT_NOFOLLOW));
    TRY(umount2("link", 0));
    mounts();
    // ---- busy ----
    TRY(mount("sixth", "a", "tmpfs", 0, 0));
    chdir("a");
    TRY(umount(base[0] ? "../a" : ""));
    chdir(base);
    TRY(umount("a"));
    TRY(mount("p", "a", "proc", MS_NOSUID, 0));
    TRY(access("a/self/stat", R_OK));
    TRY(umount("a"));
    TRY(mount("s", "a", "sysfs", 0, 0));
    TRY(umount("a"));
    TRY(mount("d", "a", "devtmpfs", 0, 0));
    TRY(access("a/null", W_OK));
    TRY(umount("a"));
    TRY(mount("d", "a", "devpts", 0, 0));
    TRY(umount("a"));
    fflush(stdout);
    if (fork() == 0) {
        setuid(7);
        TRY(mount("x", "a", "tmpfs", 0, 0));
        TRY(umount("a"));
        exit(0);
    }
    wait(0);
    return 0;
}
