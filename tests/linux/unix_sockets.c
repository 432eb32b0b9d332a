// Sockets of the UNIX domain: what each call answers, line by line. The same on Linux and on Skerry.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(char const* what, long answer) {
    printf("%s: %ld%s%s\n", what, answer, answer < 0 ? " " : "",
           answer < 0 ? strerrorname_np(errno) : "");
}
#define T(call) say(#call, (call))

static char buffer[1 << 20];
static void* volatile const wild = (void*)8; // where no memory is

static socklen_t make(struct sockaddr_un* a, char const* name) {
    memset(a, 0, sizeof *a);
    a->sun_family = AF_UNIX;
    if (name[0] == '@') {
        memcpy(a->sun_path + 1, name + 1, strlen(name) - 1);
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    }
    strcpy(a->sun_path, name);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + 1);
}

static int bind_to(int fd, char const* name) {
    struct sockaddr_un a;
    socklen_t const n = make(&a, name);
    return bind(fd, (struct sockaddr*)&a, n);
}
static int connect_to(int fd, char const* name) {
    struct sockaddr_un a;
    socklen_t const n = make(&a, name);
    return connect(fd, (struct sockaddr*)&a, n);
}
static void print_name(char const* what, int (*get)(int, struct sockaddr*, socklen_t*), int fd) {
    struct sockaddr_un a;
    socklen_t n = sizeof a;
    memset(&a, 0, sizeof a);
    int const r = get(fd, (struct sockaddr*)&a, &n);
    if (r) {
        say(what, r);
        return;
    }
    printf("%s: length %u family %d name %s%s\n", what, n, a.sun_family,
           n > 2 && !a.sun_path[0] ? "@" : "",
           n > 2 ? (a.sun_path[0] ? a.sun_path : a.sun_path + 1) : "");
}
static int events(int fd) {
    struct pollfd p = {fd, POLLIN | POLLOUT | POLLRDHUP | POLLPRI, 0};
    poll(&p, 1, 0);
    return p.revents;
}
static int option(int fd, int number) {
    int value = -1;
    socklen_t n = sizeof value;
    if (getsockopt(fd, SOL_SOCKET, number, &value, &n)) return -errno;
    return value;
}
static long send_fds(int to, int const* fds, int count, char const* bytes, size_t length) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * 16)];
        struct cmsghdr align;
    } control;
    struct iovec io = {(void*)bytes, length};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control.bytes,
                       .msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count)};
    struct cmsghdr* c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
    memcpy(CMSG_DATA(c), fds, sizeof(int) * (size_t)count);
    return sendmsg(to, &m, MSG_NOSIGNAL);
}
/// Receives and tells all; closes what came, but for the first file.
static int receive(char const* what, int from, size_t room, size_t control_room, int flags) {
    union {
        char bytes[512];
        struct cmsghdr align;
    } control;
    struct sockaddr_un a;
    struct iovec io = {buffer, room};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_name = &a, .msg_namelen = sizeof a,
                       .msg_control = control.bytes, .msg_controllen = control_room};
    memset(&a, 0, sizeof a);
    long const r = recvmsg(from, &m, flags);
    say(what, r);
    if (r < 0) return -1;
    printf("  '%.*s' flags %x name %u control %zu\n", (int)(r > 20 ? 20 : r), buffer,
           (unsigned)m.msg_flags, m.msg_namelen, (size_t)m.msg_controllen);
    int first = -1;
    for (struct cmsghdr* c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        if (c->cmsg_type == SCM_CREDENTIALS) {
            struct ucred u;
            memcpy(&u, CMSG_DATA(c), sizeof u);
            printf("  credentials: %s %d %d\n", u.pid == getpid() ? "self" : u.pid ? "other" : "0",
                   (int)u.uid, (int)u.gid);
            continue;
        }
        size_t const count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        printf("  files: %zu", count);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            printf(" cloexec %d", fcntl(fd, F_GETFD));
            if (first < 0)
                first = fd;
            else
                close(fd);
        }
        printf("\n");
    }
    return first;
}

static void creation(void) {
    printf("-- creation\n");
    T(socket(AF_UNIX, SOCK_STREAM, 2) < 0 ? -1 : 0);
    T(socket(AF_UNIX, 7, 0));
    T(socket(AF_UNIX, 12, 0));
    T(socket(AF_UNIX, SOCK_STREAM | 0x40, 0));
    T(socket(77, SOCK_STREAM, 0));
    int const fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    printf("flags %x %x\n", fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
    struct stat st;
    fstat(fd, &st);
    printf("mode %o\n", st.st_mode);
    printf("options: type %d domain %d protocol %d error %d accepts %d send %d receive %d\n",
           option(fd, SO_TYPE), option(fd, SO_DOMAIN), option(fd, SO_PROTOCOL),
           option(fd, SO_ERROR), option(fd, SO_ACCEPTCONN), option(fd, SO_SNDBUF),
           option(fd, SO_RCVBUF));
    int value = 5000;
    T(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &value, sizeof value));
    printf("send %d\n", option(fd, SO_SNDBUF));
    value = 1;
    T(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &value, sizeof value));
    printf("send %d\n", option(fd, SO_SNDBUF));
    T(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value));
    printf("reuse %d\n", option(fd, SO_REUSEADDR));
    T(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, 2));
    T(setsockopt(fd, 6, 1, &value, sizeof value));
    T(option(fd, 9999) == -ENOPROTOOPT ? 0 : 1);
    struct timeval tv = {1, 2000000};
    T(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
    T(lseek(fd, 0, SEEK_SET));
    T(ftruncate(fd, 0));
    T(pread(fd, buffer, 1, 0));
    close(fd);
    T(send(open("/dev/null", O_RDWR), "x", 1, 0));
    T(send(-1, "x", 1, 0));
}

static void names(void) {
    printf("-- names\n");
    unlink("/tmp/unix_sockets.name");
    umask(027);
    int const s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
    print_name("unnamed", getsockname, s);
    print_name("no peer", getpeername, s);
    T(connect_to(c, "/tmp/unix_sockets.name"));
    T(listen(s, 5));
    T(bind_to(s, "/tmp/unix_sockets.name"));
    struct stat st;
    stat("/tmp/unix_sockets.name", &st);
    printf("mode %o\n", st.st_mode);
    T(open("/tmp/unix_sockets.name", O_RDWR));
    T(bind_to(s, "/tmp/unix_sockets.other"));
    T(bind_to(c, "/tmp/unix_sockets.name"));
    T(bind_to(c, "/tmp/no/such/folder"));
    print_name("named", getsockname, s);
    T(connect_to(c, "/tmp/unix_sockets.name"));
    T(listen(s, 5));
    T(option(s, SO_ACCEPTCONN));
    int const d = socket(AF_UNIX, SOCK_DGRAM, 0);
    T(connect_to(d, "/tmp/unix_sockets.name"));
    T(connect_to(c, "/dev/null"));
    T(connect_to(c, "/tmp/unix_sockets.name"));
    T(connect_to(c, "/tmp/unix_sockets.name"));
    int const a = accept4(s, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    printf("accepted %d flags %x %x\n", a >= 0, fcntl(a, F_GETFL), fcntl(a, F_GETFD));
    print_name("accepted", getsockname, a);
    print_name("accepted peer", getpeername, a);
    print_name("client peer", getpeername, c);
    struct ucred u;
    socklen_t n = sizeof u;
    T(getsockopt(c, SOL_SOCKET, SO_PEERCRED, &u, &n));
    printf("peer %d %d\n", u.pid == getpid(), (int)u.uid);
    T(accept4(s, NULL, NULL, 0x1000));
    fcntl(s, F_SETFL, O_NONBLOCK);
    T(accept(s, NULL, NULL));
    T(accept(c, NULL, NULL));
    T(listen(c, 1));
    unlink("/tmp/unix_sockets.name");
    T(connect_to(d, "/tmp/unix_sockets.name"));
    close(a);
    print_name("peer gone", getpeername, c);
    close(s), close(c), close(d);

    int const x = socket(AF_UNIX, SOCK_DGRAM, 0), y = socket(AF_UNIX, SOCK_DGRAM, 0);
    T(bind_to(x, "@skerry.test"));
    T(bind_to(y, "@skerry.test"));
    print_name("abstract", getsockname, x);
    struct sockaddr_un family = {.sun_family = AF_UNIX};
    T(bind(y, (struct sockaddr*)&family, sizeof(sa_family_t)));
    n = sizeof family;
    getsockname(y, (struct sockaddr*)&family, &n);
    printf("autobound %u %d\n", n, family.sun_path[0]);
    family.sun_family = AF_INET;
    T(bind(x, (struct sockaddr*)&family, 16));
    T(bind(x, (struct sockaddr*)&family, 200));
    close(x);
    T(connect_to(y, "@skerry.test"));
    close(y);
    umask(022);
}

static void streams(void) {
    printf("-- streams\n");
    int p[2];
    T(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    printf("events %x\n", events(p[0]));
    T(send(p[0], "hello", 5, 0));
    T(write(p[0], " world", 6));
    int n = 0;
    T(ioctl(p[1], FIONREAD, &n));
    printf("waiting %d events %x\n", n, events(p[1]));
    T(recv(p[1], buffer, 4, MSG_PEEK));
    T(recv(p[1], buffer, 100, 0));
    printf("'%.11s'\n", buffer);
    T(recv(p[1], buffer, 100, MSG_DONTWAIT));
    T(read(p[1], buffer, 0));
    T(send(p[0], "x", 1, MSG_OOB) < 0 ? 0 : 0);
    struct sockaddr_un a;
    socklen_t const l = make(&a, "@nobody");
    T(sendto(p[0], "x", 1, 0, (struct sockaddr*)&a, l));
    while (recv(p[1], buffer, 100, MSG_DONTWAIT) > 0) {}

    pid_t const child = fork();
    if (child == 0) {
        for (int i = 0; i < 3; i++) {
            usleep(2000);
            write(p[0], "abc", 3);
        }
        _exit(0);
    }
    T(recv(p[1], buffer, 9, MSG_WAITALL));
    waitpid(child, NULL, 0);

    fcntl(p[0], F_SETFL, O_NONBLOCK);
    memset(buffer, 'x', sizeof buffer);
    long total = 0, r;
    while ((r = write(p[0], buffer, 65536)) > 0) total += r;
    printf("filled %d\n", total > 100000 && total < 1000000);
    say("full", r);
    printf("events %x\n", events(p[0]));
    long got = 0;
    while (got < total && (r = recv(p[1], buffer, sizeof buffer, 0)) > 0) got += r;
    printf("drained %d events %x\n", got == total, events(p[0]));

    T(shutdown(p[0], 7));
    T(shutdown(p[0], SHUT_WR));
    printf("events %x %x\n", events(p[0]), events(p[1]));
    T(read(p[1], buffer, 10));
    signal(SIGPIPE, SIG_IGN);
    T(write(p[0], "x", 1));
    T(write(p[1], "back", 4));
    T(read(p[0], buffer, 10));
    T(shutdown(p[1], SHUT_WR));
    printf("events %x %x\n", events(p[0]), events(p[1]));
    close(p[0]);
    printf("events %x\n", events(p[1]));
    T(read(p[1], buffer, 10));
    T(write(p[1], "x", 1));
    close(p[1]);

    T(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    write(p[0], "unread", 6);
    write(p[1], "answer", 6);
    close(p[1]);
    printf("events %x\n", events(p[0]));
    T(option(p[0], SO_ERROR) == ECONNRESET);
    T(read(p[0], buffer, 10));
    T(read(p[0], buffer, 10));
    close(p[0]);
    socketpair(AF_UNIX, SOCK_STREAM, 0, p);
    write(p[0], "unread", 6);
    close(p[1]);
    T(read(p[0], buffer, 10));
    T(read(p[0], buffer, 10));
    T(send(p[0], "x", 1, 0));
    close(p[0]);

    int const lone = socket(AF_UNIX, SOCK_STREAM, 0);
    printf("events %x\n", events(lone));
    T(send(lone, "x", 1, 0));
    T(recv(lone, buffer, 1, MSG_DONTWAIT));
    T(shutdown(lone, SHUT_RDWR));
    close(lone);

    socketpair(AF_UNIX, SOCK_STREAM, 0, p);
    struct timeval tv = {0, 20000};
    T(setsockopt(p[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
    T(recv(p[0], buffer, 1, 0));
    struct iovec io[3] = {{"ab", 2}, {"", 0}, {"cde", 3}};
    T(writev(p[1], io, 3));
    struct iovec in[2] = {{buffer, 1}, {buffer + 1, 100}};
    T(readv(p[0], in, 2));
    printf("'%.5s'\n", buffer);
    T(write(p[1], wild, 4));
    T(write(p[1], "z", 1));
    T(read(p[0], wild, 4));
    T(read(p[0], buffer, 4));
    close(p[0]), close(p[1]);

    // A backlog that is full, and a listener that ends.
    int const s = socket(AF_UNIX, SOCK_STREAM, 0);
    bind_to(s, "@skerry.backlog");
    listen(s, 1);
    int c[4];
    for (int i = 0; i < 4; i++) {
        c[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        say("connect", connect_to(c[i], "@skerry.backlog"));
    }
    printf("events %x\n", events(s));
    T(write(c[0], "early", 5));
    int const b = accept(s, NULL, NULL);
    T(read(b, buffer, 10));
    T(connect_to(c[2], "@skerry.backlog"));
    close(s);
    T(read(c[1], buffer, 10));
    T(read(c[1], buffer, 10));
    T(connect_to(c[3], "@skerry.backlog"));
    T(write(b, "still", 5));
    T(read(c[0], buffer, 10));
    for (int i = 0; i < 4; i++) close(c[i]);
    T(read(b, buffer, 10));
    close(b);
}

static void packets(void) {
    printf("-- packets\n");
    int p[2];
    T(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p));
    T(send(p[0], "first", 5, 0));
    T(send(p[0], "", 0, 0));
    T(send(p[0], "third message", 13, MSG_EOR));
    int n = 0;
    ioctl(p[1], FIONREAD, &n);
    printf("waiting %d\n", n);
    T(recv(p[1], buffer, 100, 0));
    T(recv(p[1], buffer, 100, 0));
    T(recv(p[1], buffer, 5, MSG_PEEK | MSG_TRUNC));
    receive("cut", p[1], 5, 0, 0);
    memset(buffer, 'y', 100000);
    T(send(p[0], buffer, 100000, 0));
    memset(buffer, 0, 100000);
    T(recv(p[1], buffer, sizeof buffer, 0));
    printf("whole %d\n", buffer[0] == 'y' && buffer[99999] == 'y');
    T(send(p[0], buffer, 300000, 0));
    close(p[0]);
    T(recv(p[1], buffer, 10, 0));
    T(send(p[1], "x", 1, 0));
    close(p[1]);
    int const lone = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    T(recv(lone, buffer, 1, MSG_DONTWAIT));
    T(send(lone, "x", 1, 0));
    printf("events %x\n", events(lone));
    close(lone);

    int const a = socket(AF_UNIX, SOCK_DGRAM, 0), b = socket(AF_UNIX, SOCK_DGRAM, 0);
    T(send(a, "x", 1, 0));
    printf("events %x\n", events(a));
    bind_to(a, "@skerry.a");
    bind_to(b, "@skerry.b");
    T(connect_to(a, "@skerry.b"));
    T(send(a, "to b", 4, 0));
    receive("datagram", b, 100, 0, 0);
    int sent = 0;
    while (send(a, "x", 1, MSG_DONTWAIT) == 1) sent++;
    printf("sent %d events %x\n", sent, events(a));
    receive("one", b, 100, 0, 0);
    printf("events %x\n", events(a));
    int const c = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct sockaddr_un to;
    socklen_t const l = make(&to, "@skerry.a");
    T(sendto(c, "x", 1, 0, (struct sockaddr*)&to, l));
    T(connect_to(c, "@skerry.a"));
    T(listen(c, 1));
    T(accept(c, NULL, NULL));
    close(b);
    T(send(a, "x", 1, 0));
    T(send(a, "x", 1, 0));
    T(sendto(c, "now", 3, 0, (struct sockaddr*)&to, l));
    receive("unnamed sender", a, 100, 0, 0);
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    T(connect_to(c, "@skerry.a"));
    T(connect(c, &none, sizeof none));
    T(send(c, "x", 1, 0));
    T(shutdown(a, SHUT_RD));
    T(sendto(c, "x", 1, MSG_NOSIGNAL, (struct sockaddr*)&to, l));
    T(recv(a, buffer, 10, 0));
    close(a), close(c);

    struct mmsghdr many[3];
    struct iovec io[3] = {{"one", 3}, {"two!", 4}, {"three", 5}};
    memset(many, 0, sizeof many);
    for (int i = 0; i < 3; i++) many[i].msg_hdr.msg_iov = &io[i], many[i].msg_hdr.msg_iovlen = 1;
    socketpair(AF_UNIX, SOCK_DGRAM, 0, p);
    T(sendmmsg(p[0], many, 3, 0));
    printf("%u %u %u\n", many[0].msg_len, many[1].msg_len, many[2].msg_len);
    char in[3][10];
    for (int i = 0; i < 3; i++) io[i].iov_base = in[i], io[i].iov_len = 10;
    T(recvmmsg(p[1], many, 3, MSG_WAITFORONE, NULL));
    printf("%u %u %u\n", many[0].msg_len, many[1].msg_len, many[2].msg_len);
    T(recvmmsg(p[1], many, 3, MSG_DONTWAIT, NULL));
    close(p[0]), close(p[1]);
}

static void files(void) {
    printf("-- files\n");
    int p[2], q[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, p);
    pipe(q);
    T(send_fds(p[0], &q[1], 1, "fd", 2));
    int const w = receive("a file", p[1], 100, 512, MSG_CMSG_CLOEXEC);
    T(write(w, "through", 7));
    T(read(q[0], buffer, 100));
    close(w);
    int const three[3] = {q[0], q[1], q[0]};
    write(p[0], "before", 6);
    send_fds(p[0], three, 3, "with", 4);
    write(p[0], "after", 5);
    close(receive("peeked", p[1], 100, 512, MSG_PEEK));
    close(receive("three files", p[1], 100, 512, 0));
    receive("rest", p[1], 100, 512, 0);
    send_fds(p[0], three, 3, "cut", 3);
    close(receive("room for two", p[1], 100, CMSG_LEN(8), 0));
    send_fds(p[0], three, 3, "none", 4);
    receive("room for none", p[1], 100, 0, 0);
    send_fds(p[0], three, 1, "by read", 7);
    T(read(p[1], buffer, 3));
    T(read(p[1], buffer, 10));
    int const bad[2] = {q[0], 999};
    T(send_fds(p[0], bad, 2, "x", 1));
    close(q[1]);
    T(read(q[0], buffer, 10)); // all copies are gone
    close(q[0]);

    int const yes = 1;
    T(setsockopt(p[1], SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes));
    T(send(p[0], "who", 3, 0));
    receive("credentials", p[1], 100, 512, 0);
    if (fork() == 0) {
        send(p[0], "child", 5, 0);
        _exit(0);
    }
    wait(NULL);
    send(p[0], "parent", 6, 0);
    receive("child's alone", p[1], 100, 512, 0);
    receive("parent's", p[1], 100, 512, 0);
    send(p[0], "x", 1, 0);
    receive("no room", p[1], 100, 8, 0);
    close(p[0]), close(p[1]);

    // Sockets in their own queues, and in each other's: nobody can receive them any more.
    for (int round = 0; round < 200; round++) {
        int a[2], b[2];
        socketpair(AF_UNIX, SOCK_STREAM, 0, a);
        socketpair(AF_UNIX, SOCK_DGRAM, 0, b);
        int pipe_ends[2];
        pipe(pipe_ends);
        send_fds(a[0], &a[1], 1, "x", 1);
        send_fds(a[0], &b[0], 1, "x", 1);
        send_fds(b[1], &a[0], 1, "x", 1);
        send_fds(b[1], &pipe_ends[1], 1, "x", 1);
        close(a[0]), close(a[1]), close(b[0]), close(b[1]), close(pipe_ends[1]);
        struct pollfd hung = {pipe_ends[0], POLLIN, 0};
        poll(&hung, 1, 2000); // freed, so nobody can write any more
        if (round == 0) printf("freed: %x\n", hung.revents);
        close(pipe_ends[0]);
    }
}

static void watched(void) {
    printf("-- watched\n");
    int p[2];
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p);
    int const e = epoll_create1(0);
    struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET}, out[4];
    T(epoll_ctl(e, EPOLL_CTL_ADD, p[0], &ev));
    T(epoll_wait(e, out, 4, 0));
    printf("%x\n", out[0].events);
    T(epoll_wait(e, out, 4, 0));
    write(p[1], "x", 1);
    T(epoll_wait(e, out, 4, 0));
    printf("%x\n", out[0].events);
    shutdown(p[1], SHUT_WR);
    T(epoll_wait(e, out, 4, 0));
    printf("%x\n", out[0].events);
    close(p[1]);
    T(epoll_wait(e, out, 4, 0));
    printf("%x\n", out[0].events);
    close(p[0]), close(e);

    int const s = socket(AF_UNIX, SOCK_STREAM, 0);
    bind_to(s, "@skerry.watched");
    listen(s, 10);
    pid_t const child = fork();
    if (child == 0) {
        usleep(5000);
        int const c = socket(AF_UNIX, SOCK_STREAM, 0);
        connect_to(c, "@skerry.watched");
        read(c, buffer, 1);
        _exit(0);
    }
    struct pollfd w = {s, POLLIN, 0};
    T(poll(&w, 1, -1));
    int const a = accept(s, NULL, NULL);
    T(write(a, "x", 1));
    waitpid(child, NULL, 0);
    T(read(a, buffer, 1));
    char link[64] = {0}, path[64];
    sprintf(path, "/proc/self/fd/%d", a);
    readlink(path, link, 63);
    printf("%.8s\n", link);
}

int main(void) {
    setbuf(stdout, NULL);
    creation();
    names();
    streams();
    packets();
    files();
    watched();
    return 0;
}
