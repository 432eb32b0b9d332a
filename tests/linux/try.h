// What the programs here say: each call's result, or its error's name.
#pragma once

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static long said(char const *what, long result) {
    if (result < 0)
        printf("%s: %s\n", what, strerrorname_np(errno));
    else
        printf("%s: %ld\n", what, result);
    fflush(stdout);
    return result;
}
/// A call, as it stands in the source.
#define TRY(call) said(#call, (long)(call))
/// The same for a descriptor, whose number does not matter.
#define OPEN(call) ({ int fd_ = (call); said(#call, fd_ < 0 ? -1 : 0); fd_; })

static void put(char const *name, char const *text) {
    int file = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);
    if (write(file, text, strlen(text)) < 0)
        perror(name);
    close(file);
}
static void show(char const *name) {
    struct stat at;
    if (lstat(name, &at) != 0)
        printf("%s: %s\n", name, strerrorname_np(errno));
    else
        printf("%s: %o links %ld size %ld owner %d:%d\n", name, at.st_mode, (long)at.st_nlink,
               S_ISDIR(at.st_mode) ? 0 : (long)at.st_size, at.st_uid, at.st_gid);
    fflush(stdout);
}
