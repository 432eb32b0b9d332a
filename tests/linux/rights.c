// Who may do what: owners, groups, capabilities, sticky folders, set-id bits, times. The same lines
// on Linux; works in the current folder, an empty tmpfs, as user 0.

#include "try.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/time.h>

static void keep_only(unsigned long capabilities) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{capabilities, capabilities, 0},
                                             {capabilities >> 32, capabilities >> 32, 0}};
    if (syscall(SYS_capset, &head, data) != 0)
        perror("capset");
}
#define ONLY(bit) keep_only(1UL << (bit))
#define AS(user, group, ...) \
    do { \
        fflush(stdout); \
        if (fork() == 0) { \
            setgroups(0, 0); \
            if (setresgid(group, group, group) || setresuid(user, user, user)) perror("ids"); \
            __VA_ARGS__; \
            exit(0); \
        } \
        wait(0); \
    } while (0)
#define WITH(bit, ...) \
    do { \
        fflush(stdout); \
        if (fork() == 0) { \
            ONLY(bit); \
            __VA_ARGS__; \
            exit(0); \
        } \
        wait(0); \
    } while (0)
static void mode(char const *name) {
    struct stat at;
    stat(name, &at);
    printf("%s: %o %d:%d\n", name, at.st_mode & 07777, at.st_uid, at.st_gid);
    fflush(stdout);
}

int main(void) {
    char byte[8];
    umask(0);
    chmod(".", 0777);
    put("mine", "x");
    chmod("mine", 0600);
    put("all", "x");
    chmod("all", 0666);
    put("group", "x");
    chown("group", 1, 50);
    chmod("group", 0640);
    mkdir("closed", 0700);
    put("closed/in", "x");
    mkdir("seen", 0755);
    put("seen/file", "x");
    mkdir("blind", 0711);
    put("blind/file", "x");
    mkdir("sticky", 01777);
    put("sticky/root", "x");
    AS(7, 7, {
        TRY(open("mine", O_RDONLY));
        OPEN(open("all", O_RDWR));
        TRY(open("group", O_RDONLY));
        TRY(open("closed/in", O_RDONLY));
        TRY(open("closed", O_RDONLY));
        OPEN(open("closed", O_PATH));
        TRY(open("blind", O_RDONLY));
        OPEN(open("blind/file", O_RDONLY));
        TRY(unlink("seen/file"));
        TRY(open("seen/new", O_CREAT | O_RDWR, 0644));
        TRY(open("seen/file", O_CREAT | O_RDONLY, 0644) < 0 ? -1 : 0);
        TRY(open("seen/file", O_CREAT | O_EXCL | O_RDONLY, 0644) < 0 ? -1 : 0);
        TRY(mkdir("seen/file", 0755));
        TRY(mkdir("seen/folder", 0755));
        TRY(unlink("sticky/root"));
        TRY(rename("sticky/root", "sticky/other"));
        put("sticky/seven", "y");
        TRY(chmod("mine", 0666));
        TRY(chown("all", 7, 7));
        TRY(utimensat(AT_FDCWD, "all", 0, 0));
        TRY(utimensat(AT_FDCWD, "mine", 0, 0));
        struct timespec both[2] = {{1, 1}, {1, 1}};
        TRY(utimensat(AT_FDCWD, "all", both, 0));
        both[0].tv_nsec = both[1].tv_nsec = UTIME_OMIT;
        TRY(utimensat(AT_FDCWD, "mine", both, 0));
        both[0].tv_nsec = UTIME_NOW;
        TRY(utimensat(AT_FDCWD, "all", both, 0));
        both[1].tv_nsec = UTIME_NOW;
        TRY(utimensat(AT_FDCWD, "all", both, 0));
        both[1].tv_nsec = 1000000000;
        TRY(utimensat(AT_FDCWD, "all", both, 0));
        TRY(mknod("device", S_IFCHR | 0600, 0x103));
        TRY(mknod("pipe7", S_IFIFO | 0600, 0));
        TRY(open("all", O_RDONLY | O_NOATIME));
        OPEN(open("sticky/seven", O_RDONLY | O_NOATIME));
        TRY(chroot("."));
        TRY(linkat(open("all", O_RDONLY), "", AT_FDCWD, "linked", AT_EMPTY_PATH));
        TRY(truncate("mine", 0));
        TRY(access("mine", R_OK));
        TRY(access("group", F_OK));
        put("own", "mine");
        TRY(chmod("own", 06755));
        mode("own");
        TRY(chown("own", -1, 9));
        TRY(chown("own", 8, -1));
        TRY(chown("own", -1, 7));
        mode("own");
        TRY(chown("own", -1, -1));
        TRY(chmod("own", 07777));
        int own = open("own", O_RDWR);
        write(own, "z", 1);
        mode("own");
        chmod("own", 06777);
        ftruncate(own, 0);
        mode("own");
        chmod("own", 06767);
        fallocate(own, 0, 0, 10);
        mode("own");
        chmod("own", 06777);
        close(open("own", O_WRONLY | O_TRUNC));
        mode("own");
    });
    AS(8, 8, {
        TRY(unlink("sticky/seven"));
        TRY(unlink("own"));
        put("group8", "");
        TRY(chmod("group8", 02755));
        mode("group8");
    });
    // set-group-ID folders
    mkdir("shared", 0777);
    chown("shared", 0, 60);
    chmod("shared", 02777);
    AS(7, 7, {
        put("shared/file", "");
        mode("shared/file");
        mkdir("shared/folder", 0755);
        mode("shared/folder");
        close(open("shared/set", O_CREAT | O_WRONLY, 02775));
        mode("shared/set");
        close(open("shared/set2", O_CREAT | O_WRONLY, 02765));
        mode("shared/set2");
        mkdir("shared/set3", 02775);
        mode("shared/set3");
        mknod("shared/set4", 02775, 0);
        mode("shared/set4");
        TRY(chmod("shared/file", 02755));
        mode("shared/file");
    });
    AS(7, 60, {
        close(open("shared/set5", O_CREAT | O_WRONLY, 02775));
        mode("shared/set5");
    });
    // groups
    fflush(stdout);
    if (fork() == 0) {
        gid_t groups[2] = {50, 51};
        setgroups(2, groups);
        setresgid(7, 7, 7);
        setresuid(7, 7, 7);
        OPEN(open("group", O_RDONLY));
        TRY(open("group", O_RDWR));
        exit(0);
    }
    wait(0);
    // file-system ids
    fflush(stdout);
    if (fork() == 0) {
        setfsgid(7);
        setfsuid(7);
        TRY(open("mine", O_RDONLY));
        TRY(access("mine", R_OK));
        TRY(faccessat(AT_FDCWD, "mine", R_OK, AT_EACCESS));
        put("by-fsuid", "");
        setfsuid(0);
        mode("by-fsuid");
        OPEN(open("mine", O_RDONLY));
        exit(0);
    }
    wait(0);
    // one capability at a time, and files that are somebody else's
    chown("mine", 5, 5);
    chmod("mine", 0);
    chown("closed", 5, 5);
    chmod("closed", 0);
    WITH(CAP_DAC_OVERRIDE, {
        OPEN(open("mine", O_RDWR));
        TRY(access("mine", R_OK | W_OK));
        TRY(access("mine", X_OK));
        OPEN(open("closed/in", O_RDONLY));
        TRY(chmod("mine", 0));
        TRY(chown("mine", 6, 6));
        struct timespec both[2] = {{1, 1}, {1, 1}};
        TRY(utimensat(AT_FDCWD, "mine", both, 0));
        TRY(utimensat(AT_FDCWD, "mine", 0, 0));
    });
    WITH(CAP_DAC_READ_SEARCH, {
        OPEN(open("mine", O_RDONLY));
        TRY(open("mine", O_RDWR));
        OPEN(open("closed/in", O_RDONLY));
        TRY(open("closed/new", O_CREAT | O_RDWR, 0600));
        TRY(unlink("closed/in"));
    });
    WITH(CAP_FOWNER, {
        TRY(open("mine", O_RDONLY));
        TRY(chmod("mine", 04000));
        struct timespec both[2] = {{1, 1}, {1, 1}};
        TRY(utimensat(AT_FDCWD, "mine", both, 0));
        TRY(chown("mine", 6, 6));
    });
    WITH(CAP_CHOWN, {
        TRY(chown("mine", 6, 6));
        TRY(chmod("mine", 0));
    });
    mode("mine");
    WITH(CAP_MKNOD, TRY(mknod("made", S_IFCHR | 0600, 0x103)));
    WITH(CAP_SYS_CHROOT, TRY(chroot(".")));
    // root keeps the bits where it may
    put("set", "x");
    chmod("set", 06777);
    int set = open("set", O_RDWR);
    write(set, "y", 1);
    mode("set");
    chown("set", -1, -1);
    mode("set");
    chmod("set", 06767);
    chown("set", 0, 0);
    mode("set");
    // times
    struct timespec times[2] = {{100, 5}, {200, 7}};
    struct stat at;
    futimens(set, times);
    fstat(set, &at);
    printf("%ld.%ld %ld.%ld\n", at.st_atim.tv_sec, at.st_atim.tv_nsec, at.st_mtim.tv_sec, at.st_mtim.tv_nsec);
    pread(set, byte, 1, 0);
    fstat(set, &at);
    printf("read: %d\n", at.st_atim.tv_sec > 1000);
    times[0].tv_sec = at.st_mtim.tv_sec + 1000;
    times[1].tv_nsec = UTIME_OMIT;
    futimens(set, times);
    usleep(50000);
    pread(set, byte, 1, 0);
    fstat(set, &at);
    printf("changed since: %d\n", at.st_atim.tv_sec > 2000);
    pread(set, byte, 1, 0);
    struct stat after;
    fstat(set, &after);
    printf("not again: %d\n", after.st_atim.tv_nsec == at.st_atim.tv_nsec);
    times[0].tv_nsec = -1;
    TRY(futimens(set, times));
    times[0] = (struct timespec){-5, 0};
    TRY(futimens(set, times));
    fstat(set, &at);
    printf("before 1970: %ld\n", at.st_atim.tv_sec);
    struct timeval old[2] = {{1, 1000000}, {1, 0}};
    TRY(utimes("set", old));
    TRY(utimensat(AT_FDCWD, "set", times, 0x8000));
    TRY(utimensat(AT_FDCWD, 0, times, 0) < 0 ? -1 : 0);
    symlink("set", "link");
    times[0].tv_sec = 7;
    TRY(utimensat(AT_FDCWD, "link", times, AT_SYMLINK_NOFOLLOW));
    lstat("link", &at);
    printf("link: %ld\n", at.st_atim.tv_sec);
    TRY(fchmodat(AT_FDCWD, "link", 0600, AT_SYMLINK_NOFOLLOW));
    TRY(lchown("link", 3, 4));
    show("link");
    return 0;
}
