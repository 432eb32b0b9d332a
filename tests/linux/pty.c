/* Pseudo-terminals as programs use them. It prints what it sees; Linux prints the same. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif

static int master, slave;

static const char *word(long result) {
    static char text[4][64];
    static int turn;
    char *at = text[turn++ % 4];
    if (result < 0)
        snprintf(at, 64, "%s", strerrorname_np(errno));
    else
        snprintf(at, 64, "%ld", result);
    return at;
}

static void show(const char *what, const char *bytes, long count) {
    printf("%s:", what);
    if (count < 0) printf(" %s", strerrorname_np(errno));
    for (long i = 0; i < count; i++) {
        unsigned char c = bytes[i];
        if (c > ' ' && c < 127)
            printf(" %c", c);
        else
            printf(" %02x", c);
    }
    printf("\n");
}

static void readable(const char *what, int fd) {
    char bytes[512];
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    long count = 0;
    if (poll(&poll_fd, 1, 300) > 0) count = read(fd, bytes, sizeof bytes);
    show(what, bytes, count);
}

/* Linux takes keys a moment later. */
static void type(const char *keys) {
    if (write(master, keys, strlen(keys)) != (ssize_t)strlen(keys)) printf("type: short\n");
    usleep(50000);
}

static void fresh(void) {
    if (master > 0) close(master);
    if (slave > 0) close(slave);
    if (openpty(&master, &slave, NULL, NULL, NULL) < 0) {
        printf("openpty: %s\n", word(-1));
        exit(1);
    }
}

static void set_local(tcflag_t on, tcflag_t off) {
    struct termios termios;
    tcgetattr(slave, &termios);
    termios.c_lflag = (termios.c_lflag | on) & ~off;
    tcsetattr(slave, TCSANOW, &termios);
}

static void nodes(void) {
    struct stat stat_;
    int locked = -1, number = -1, m = posix_openpt(O_RDWR | O_NOCTTY);
    printf("open locked: %s\n", word(open(ptsname(m), O_RDWR | O_NOCTTY)));
    ioctl(m, TIOCGPTLCK, &locked);
    printf("locked: %d\n", locked);
    printf("grant %s unlock %s\n", word(grantpt(m)), word(unlockpt(m)));
    char name[64];
    strcpy(name, ptsname(m));
    ioctl(m, TIOCGPTN, &number);
    printf("name fits: %d\n", atoi(name + strlen("/dev/pts/")) == number);
    printf("stat: %s", word(stat(name, &stat_)));
    printf(" major %u mode %o\n", major(stat_.st_rdev), stat_.st_mode & 017600);
    int s = ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY);
    printf("peer is a terminal: %d, ttyname fits: %d\n", isatty(s), !strcmp(ttyname(s), name));
    printf("chmod: %s", word(fchmod(s, 0640)));
    stat(name, &stat_);
    printf(" mode %o\n", stat_.st_mode);
    close(m);
    printf("after the master: %s\n", word(stat(name, &stat_)));
    close(s);
}

static void settings(void) {
    struct termios termios;
    fresh();
    tcgetattr(slave, &termios);
    printf("flags %x %x %x %x\n", termios.c_iflag, termios.c_oflag, termios.c_cflag, termios.c_lflag);
    show("characters", (char *)termios.c_cc, 17);
    printf("speed %d\n", (int)cfgetospeed(&termios));
    cfsetspeed(&termios, B9600);
    termios.c_cflag = (termios.c_cflag & ~CSIZE) | CS7;
    tcsetattr(master, TCSADRAIN, &termios);
    tcgetattr(slave, &termios);
    printf("control %x\n", termios.c_cflag);
    int value = -1;
    printf("line discipline %s", word(ioctl(slave, TIOCGETD, &value)));
    printf(" %d\n", value);
    printf("exclusive %s", word(ioctl(slave, TIOCEXCL)));
    ioctl(slave, 0x80045440 /* TIOCGEXCL */, &value);
    printf(" %d\n", value);
    ioctl(slave, TIOCNXCL);
    printf("modem lines %s, unknown %s\n", word(ioctl(slave, TIOCMGET, &value)),
           word(ioctl(slave, 0x5499, 0)));
}

static void editing(void) {
    fresh();
    type("abc\x7f\x7fxy\n");
    readable("edited", slave);
    readable("its echo", master);
    type("one two\x17three\x15" "kept\n");
    readable("word and line erased", slave);
    readable("its echo", master);
    type("a\x16\x03" "b\x12\n");
    readable("literal", slave);
    readable("its echo", master);
    type("half\x04");
    readable("half a line", slave);
    type("\x04");
    readable("end of file", slave);
    readable("its echo", master);
    struct termios termios;
    tcgetattr(slave, &termios);
    termios.c_cc[VEOL] = ';', termios.c_cc[VEOL2] = ',';
    tcsetattr(slave, TCSANOW, &termios);
    type("a;b,c\n");
    readable("delimited", slave);
    readable("delimited", slave);
    readable("delimited", slave);
    readable("its echo", master);
    int count = -1;
    type("12345\n67");
    usleep(100000);
    ioctl(slave, FIONREAD, &count);
    printf("can be read: %d", count);
    ioctl(master, FIONREAD, &count);
    printf(", shown: %d", count);
    ioctl(slave, TIOCOUTQ, &count);
    printf(", on its way: %d\n", count);
    char bytes[4];
    show("three", bytes, read(slave, bytes, 3));
    readable("the rest", slave);
    tcflush(slave, TCIFLUSH);
    type("\n");
    readable("after a flush", slave);
    tcflush(master, TCIFLUSH);
    ioctl(master, FIONREAD, &count);
    printf("shown after a flush: %d\n", count);
    if (write(slave, "a\tb\nc", 5) != 5) printf("short\n");
    readable("processed", master);
    tcgetattr(slave, &termios);
    termios.c_oflag |= TAB3 | OCRNL | ONLRET;
    termios.c_iflag |= INLCR | IGNCR;
    termios.c_lflag &= ~ECHO;
    tcsetattr(slave, TCSANOW, &termios);
    if (write(slave, "a\tb\rc\n", 6) != 6) printf("short\n");
    readable("processed more", master);
}

static long tenths(struct timespec *since) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since->tv_sec) * 10 + (now.tv_nsec - since->tv_nsec) / 100000000;
}

static void raw(void) {
    fresh();
    struct termios termios;
    tcgetattr(slave, &termios);
    cfmakeraw(&termios);
    struct timespec begin;
    char bytes[16];
    for (int combination = 0; combination < 4; combination++) {
        termios.c_cc[VMIN] = combination & 1 ? 3 : 0;
        termios.c_cc[VTIME] = combination & 2 ? 4 : 0;
        tcsetattr(slave, TCSANOW, &termios);
        printf("minimum %d time %d\n", termios.c_cc[VMIN], termios.c_cc[VTIME]);
        struct pollfd poll_fd = {.fd = slave, .events = POLLIN};
        if (!(combination & 1)) {
            clock_gettime(CLOCK_MONOTONIC, &begin);
            long count = read(slave, bytes, 16);
            long passed = tenths(&begin);
            printf("nothing there: %ld, waited %d\n", count, passed >= 3);
        }
        type("xy");
        printf("poll: %d\n", poll(&poll_fd, 1, 0));
        if (combination == 1) type("z");
        show("read", bytes, read(slave, bytes, 16));
        fcntl(slave, F_SETFL, O_NONBLOCK);
        show("no more", bytes, read(slave, bytes, 16));
        fcntl(slave, F_SETFL, 0);
    }
}

static void flow(void) {
    fresh();
    if (write(slave, "before", 6) != 6) printf("short\n");
    type("\x13");
    fcntl(slave, F_SETFL, O_NONBLOCK);
    printf("stopped: %s\n", word(write(slave, "x", 1)));
    struct pollfd poll_fd = {.fd = slave, .events = POLLOUT};
    printf("poll: %d\n", poll(&poll_fd, 1, 0));
    readable("what was shown before", master);
    type("\x11");
    printf("started: %s\n", word(write(slave, "y", 1)));
    readable("goes on", master);
    printf("TCOOFF %s", word(tcflow(slave, TCOOFF)));
    printf(" write %s", word(write(slave, "z", 1)));
    printf(" TCOON %s", word(tcflow(slave, TCOON)));
    printf(" TCIOFF %s\n", word(tcflow(slave, TCIOFF)));
    readable("the stop key", master);
}

static void packets(void) {
    fresh();
    int one = 1, got = -1;
    printf("packets %s", word(ioctl(master, TIOCPKT, &one)));
    ioctl(master, TIOCGPKT, &got);
    printf(" %d\n", got);
    if (write(slave, "data", 4) != 4) printf("short\n");
    readable("data", master);
    tcflush(slave, TCIFLUSH);
    struct pollfd poll_fd = {.fd = master, .events = POLLIN | POLLPRI};
    poll(&poll_fd, 1, 0);
    printf("poll %x\n", poll_fd.revents);
    readable("flushed", master);
    tcflow(slave, TCOOFF);
    readable("stopped", master);
    tcflow(slave, TCOON);
    readable("started", master);
    struct termios termios;
    tcgetattr(slave, &termios);
    termios.c_iflag &= ~IXON;
    tcsetattr(slave, TCSANOW, &termios);
    readable("no flow keys", master);
    termios.c_iflag |= IXON;
    tcsetattr(slave, TCSANOW, &termios);
    readable("flow keys", master);
}

static void polled(const char *what, int fd) {
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN | POLLOUT};
    poll(&poll_fd, 1, 0);
    printf("%s: poll %x\n", what, poll_fd.revents);
}

static void closing(void) {
    char bytes[8], name[64];
    fresh();
    strcpy(name, ttyname(slave));
    polled("master, both open", master);
    if (write(slave, "last", 4) != 4) printf("short\n");
    close(slave);
    polled("master, slave closed", master);
    readable("what is left", master);
    show("then", bytes, read(master, bytes, 8));
    polled("master, all read", master);
    slave = open(name, O_RDWR | O_NOCTTY);
    polled("master, slave again", master);
    close(master);
    master = 0;
    polled("slave, master closed", slave);
    show("read", bytes, read(slave, bytes, 8));
    printf("write %s", word(write(slave, "x", 1)));
    struct termios termios;
    printf(" ioctl %s\n", word(tcgetattr(slave, &termios)));
}

static volatile int winches, hups, conts;
static void count(int signal) {
    if (signal == SIGWINCH) winches++;
    if (signal == SIGHUP) hups++;
    if (signal == SIGCONT) conts++;
}

static void status(const char *what, pid_t child) {
    int status;
    if (waitpid(child, &status, WUNTRACED) != child)
        printf("%s: lost\n", what);
    else if (WIFSTOPPED(status))
        printf("%s: stopped by %s\n", what, sigabbrev_np(WSTOPSIG(status)));
    else if (WIFSIGNALED(status))
        printf("%s: killed by %s\n", what, sigabbrev_np(WTERMSIG(status)));
    else
        printf("%s: exit %d\n", what, WEXITSTATUS(status));
}

/* A child in a group of its own, which does `work` there. */
static pid_t job(int (*work)(void)) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        close(master);
        _exit(work());
    }
    setpgid(child, child);
    return child;
}

static int tty;
static int reads(void) {
    char byte;
    long count = read(tty, &byte, 1);
    return count < 0 ? errno : 100;
}
static int writes(void) { return write(tty, "!", 1) < 0 ? errno : 100; }
static int sets(void) {
    struct termios termios;
    tcgetattr(tty, &termios);
    return tcsetattr(tty, TCSANOW, &termios) < 0 ? errno : 100;
}
static int takes(void) {
    pid_t self = getpid();
    return ioctl(tty, TIOCSPGRP, &self) < 0 ? errno : 100;
}
static int deaf_reads(void) {
    signal(SIGTTIN, SIG_IGN);
    return reads();
}
static int deaf_takes(void) {
    signal(SIGTTOU, SIG_IGN);
    return takes();
}
static int sleeps(void) {
    sleep(100);
    return 0;
}
static int orphan_reads(void) {
    if (fork() != 0) _exit(0);
    usleep(100000);
    setpgid(0, 0); /* its parent is process 1 or another stranger by now */
    printf("orphan reads: %s\n", reads() == EIO ? "EIO" : "?");
    fflush(stdout);
    _exit(0);
}

static void finish(pid_t child) {
    int status;
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
}

/* The leader of a session on the slave; the test's parent has the master. */
static int leader(void) {
    pid_t child, none = -1;
    char bytes[8];
    printf("session id before: %s", word(ioctl(slave, TIOCGSID, &none)));
    printf(", group: %s\n", word(ioctl(slave, TIOCGPGRP, &none)));
    printf("/dev/tty before: %s\n", word(open("/dev/tty", O_RDWR)));
    printf("TIOCSCTTY %s", word(ioctl(slave, TIOCSCTTY, 0)));
    printf(" again %s\n", word(ioctl(slave, TIOCSCTTY, 0)));
    tty = open("/dev/tty", O_RDWR);
    printf("session fits %d, group fits %d, /dev/tty %d\n", tcgetsid(tty) == getpid(),
           tcgetpgrp(tty) == getpid(), tty >= 0);

    signal(SIGWINCH, count);
    struct winsize size = {.ws_row = 30, .ws_col = 90};
    ioctl(slave, TIOCSWINSZ, &size);
    ioctl(slave, TIOCSWINSZ, &size);
    printf("window changes %d\n", winches);

    status("background read", child = job(reads)), finish(child);
    status("background read, deaf", job(deaf_reads));
    status("background write", job(writes));
    set_local(TOSTOP, 0);
    status("background write with TOSTOP", child = job(writes)), finish(child);
    set_local(0, TOSTOP);
    status("background settings", child = job(sets)), finish(child);
    status("background takes the terminal", child = job(takes)), finish(child);
    status("the same, deaf", job(deaf_takes));
    signal(SIGTTOU, SIG_IGN);
    tcsetpgrp(tty, getpid());
    status("orphan's parent", job(orphan_reads));
    usleep(300000);
    pid_t stranger = 1;
    printf("strange group: %s", word(ioctl(tty, TIOCSPGRP, &stranger)));
    stranger = 0x7fffff;
    printf(" none: %s\n", word(ioctl(tty, TIOCSPGRP, &stranger)));

    const char *keys[] = {"\x03", "\x1c", "\x1a"};
    for (int i = 0; i < 3; i++) {
        child = job(sleeps);
        tcsetpgrp(tty, child);
        usleep(50000);
        if (i == 2) set_local(NOFLSH, 0);
        type(i == 2 ? "ahead" : "flushed");
        type(keys[i]);
        status("key", child);
        finish(child);
        tcsetpgrp(tty, getpid());
    }
    type("\n");
    readable("kept", slave);
    /* A stopped job goes on. */
    child = job(sleeps);
    kill(child, SIGSTOP);
    status("job", child);
    kill(child, SIGCONT);
    int state = 0;
    waitpid(child, &state, WCONTINUED);
    printf("continued %d\n", WIFCONTINUED(state));
    finish(child);

    signal(SIGHUP, count), signal(SIGCONT, count);
    child = job(sleeps);
    tcsetpgrp(tty, child);
    close(master);
    usleep(50000);
    printf("master closed: hups %d conts %d\n", hups, conts);
    show("read", bytes, read(tty, bytes, 8));
    printf("/dev/tty: %s\n", word(open("/dev/tty", O_RDWR)));
    printf("foreground job: %s\n", waitpid(child, &state, WNOHANG) == 0 ? "lives" : "ended");
    fflush(stdout);
    return 7;
}

static void sessions(void) {
    fresh();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setsid();
        _exit(leader());
    }
    close(master), close(slave);
    master = slave = 0;
    status("leader", child);
}

/* The leader ends: the foreground gets SIGHUP, the terminal is free for another session. */
static void leaving(void) {
    int report[2], other;
    char said[16] = "";
    if (pipe(report) < 0) return;
    fresh();
    pid_t child = fork();
    if (child == 0) {
        setsid();
        ioctl(slave, TIOCSCTTY, 0);
        if (fork() == 0) {
            signal(SIGHUP, count);
            if (write(report[1], "r", 1) != 1) _exit(1);
            while (!hups) usleep(1000);
            usleep(50000);
            int gone = open("/dev/tty", O_RDWR) < 0 && errno == ENXIO;
            _exit(write(report[1], gone ? "hup, no tty" : "hup, tty", 11) != 11);
        }
        char byte;
        _exit(read(report[0], &byte, 1) != 1);
    }
    status("leader leaves", child);
    long count = read(report[0], said, 11);
    printf("its child: %.*s\n", (int)count, said);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        setsid();
        signal(SIGHUP, SIG_IGN);
        other = open(ttyname(slave), O_RDWR); /* becomes the controlling one */
        printf("another session: %d\n", tcgetsid(other) == getpid());
        printf("gives up: %s", word(ioctl(other, TIOCNOTTY)));
        printf(", then %s\n", word(ioctl(other, TIOCNOTTY)));
        fflush(stdout);
        _exit(0);
    }
    status("other", child);
}

static void fork_pty(void) {
    char bytes[256];
    struct winsize size = {.ws_row = 11, .ws_col = 22};
    fflush(stdout);
    int m;
    pid_t child = forkpty(&m, NULL, NULL, &size);
    if (child == 0) {
        struct winsize seen;
        ioctl(0, TIOCGWINSZ, &seen);
        printf("%d x %d, leads %d, in front %d\n", seen.ws_row, seen.ws_col, getsid(0) == getpid(),
               tcgetpgrp(0) == getpid());
        fflush(stdout);
        _exit(3);
    }
    long count = 0, more;
    while ((more = read(m, bytes + count, sizeof bytes - count)) > 0) count += more;
    printf("ended with %s\n", word(more));
    printf("%.*s", (int)count, bytes);
    status("forkpty", child);
    close(m);
}

/* Much in both directions, by somebody slow and somebody fast. */
static void much(void) {
    fresh();
    set_local(0, ICANON | ECHO);
    fflush(stdout);
    enum { total = 300000 };
    pid_t child = fork();
    if (child == 0) {
        char bytes[1000];
        long sum = 0, got = 0, count;
        while (got < total && (count = read(slave, bytes, sizeof bytes)) > 0) {
            for (long i = 0; i < count; i++) sum += (unsigned char)bytes[i] ^ ((got + i) & 0x3f);
            got += count;
        }
        char text[64];
        int length = snprintf(text, sizeof text, "%ld bytes, wrong %ld\n", got, sum);
        for (int i = 0; i < 5000; i++)
            if (write(slave, text, length) != length) _exit(1);
        tcdrain(slave);
        _exit(0);
    }
    static char bytes[total];
    for (int i = 0; i < total; i++) bytes[i] = (char)(i & 0x3f);
    struct termios termios;
    tcgetattr(slave, &termios);
    termios.c_iflag = 0, termios.c_lflag = 0;
    tcsetattr(slave, TCSANOW, &termios);
    close(slave);
    slave = 0;
    for (long at = 0; at < total;) {
        long count = write(master, bytes + at, total - at > 7000 ? 7000 : total - at);
        if (count <= 0) break;
        at += count;
    }
    char first[64] = "";
    long count, all = 0;
    while ((count = read(master, bytes, 3000)) > 0) {
        if (all == 0) memcpy(first, bytes, count < 60 ? count : 60);
        all += count;
    }
    printf("%.*s, %ld bytes back\n", (int)strcspn(first, "\r"), first, all);
    status("much", child);
}

int main(void) {
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    /* A shell that started us in the background had keys ignored. */
    signal(SIGALRM, SIG_DFL), signal(SIGINT, SIG_DFL), signal(SIGQUIT, SIG_DFL);
    nodes();
    settings();
    editing();
    raw();
    flow();
    packets();
    closing();
    sessions();
    leaving();
    fork_pty();
    much();
    return 0;
}
