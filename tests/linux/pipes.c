// Pipes: how much goes in, packets, FIFOs, splice and its kin. The same lines on Linux; works in the
// current folder, an empty tmpfs.

#include "try.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

static int in, out;
static char text[1 << 20];

static void make(int flags) {
    int both[2];
    if (pipe2(both, flags) != 0)
        perror("pipe2");
    in = both[0], out = both[1];
}
static void done(void) {
    close(in);
    close(out);
}
static void inside(void) {
    int bytes = -1;
    ioctl(in, FIONREAD, &bytes);
    struct pollfd both[2] = {{in, POLLIN}, {out, POLLOUT}};
    poll(both, 2, 0);
    printf("inside %d readable %x writable %x\n", bytes, both[0].revents, both[1].revents);
    fflush(stdout);
}
static int pipe_signals;
static int io_signals;
static void on_io(int number) { io_signals += number == SIGIO || number == SIGUSR1; }
static void on_pipe(int number) { pipe_signals += number == SIGPIPE; }
#define CHILD(...) do { fflush(stdout); if (fork() == 0) { __VA_ARGS__; exit(0); } } while (0)

int main(void) {
    struct iovec vectors[2] = {{"hello", 5}, {"world", 5}};
    signal(SIGPIPE, on_pipe);
    // ---- how much goes in ----
    make(O_NONBLOCK);
    TRY(read(in, text, 1));
    TRY(write(out, text, 100000));
    inside();
    TRY(write(out, text, 1));
    TRY(read(in, text, 100));
    TRY(write(out, text, 100));
    inside();
    TRY(read(in, text, 3996));
    inside();
    TRY(write(out, text, 5000));
    TRY(read(in, text, 70000));
    inside();
    for (int i = 0; i < 3; i++)
        TRY(write(out, text, 1500));
    TRY(write(out, text, 4096));
    TRY(write(out, text, 4097));
    inside();
    int count = 0;
    while (write(out, text, 4000) > 0)
        count++;
    printf("more: %d\n", count);
    while (write(out, text, 96) > 0)
        count++;
    printf("more: %d\n", count);
    inside();
    TRY(fcntl(in, F_GETPIPE_SZ));
    TRY(fcntl(in, F_SETPIPE_SZ, 4096));
    TRY(fcntl(in, F_SETPIPE_SZ, 70000));
    TRY(fcntl(out, F_GETPIPE_SZ));
    TRY(fcntl(in, F_SETPIPE_SZ, 0));
    TRY(read(in, text, sizeof text));
    TRY(fcntl(in, F_SETPIPE_SZ, 1));
    TRY(write(out, text, 5000));
    inside();
    TRY(write(out, text, 1));
    TRY(read(in, text, sizeof text));
    TRY(fcntl(in, F_SETPIPE_SZ, 1 << 20));
    TRY(write(out, text, 1 << 20));
    TRY(write(out, (void *)16, 1));
    TRY(read(in, (void *)16, 1));
    TRY(write(in, text, 1));
    TRY(read(out, text, 1));
    TRY(ioctl(in, TIOCGWINSZ, text));
    done();
    // ---- a fault in the middle, nothing at all ----
    make(O_NONBLOCK);
    TRY(write(out, text, 0));
    TRY(read(in, text, 0));
    TRY(writev(out, vectors, 2));
    inside();
    TRY(read(in, text, 7));
    TRY(read(in, text, 7));
    // ---- ends ----
    close(in);
    TRY(write(out, text, 1));
    printf("SIGPIPE: %d\n", pipe_signals);
    struct pollfd look = {out, POLLOUT};
    poll(&look, 1, 0);
    printf("events %x\n", look.revents);
    close(out);
    make(0);
    write(out, "rest", 4);
    close(out);
    TRY(read(in, text, 10));
    TRY(read(in, text, 10));
    look.fd = in, look.events = POLLIN;
    poll(&look, 1, 0);
    printf("events %x\n", look.revents);
    close(in);
    // ---- packets ----
    make(O_DIRECT | O_NONBLOCK);
    TRY(write(out, "first packet", 12));
    TRY(write(out, "second", 6));
    TRY(write(out, text, 5000));
    inside();
    TRY(read(in, text, 5));
    TRY(read(in, text, 100));
    TRY(read(in, text, 10000));
    TRY(read(in, text, 10000));
    TRY(read(in, text, 10000));
    for (count = 0; write(out, "x", 1) == 1; count++)
        ;
    printf("packets: %d\n", count);
    TRY(fcntl(out, F_GETFL) & O_DIRECT);
    TRY(fcntl(out, F_SETFL, O_NONBLOCK));
    TRY(read(in, text, 100));
    TRY(write(out, "ab", 2));
    TRY(write(out, "cd", 2));
    for (count = 0; read(in, text, 1) == 1; count++)
        ;
    printf("reads: %d\n", count);
    done();
    // ---- FIFOs ----
    TRY(mkfifo("fifo", 0600));
    TRY(open("fifo", O_WRONLY | O_NONBLOCK));
    in = OPEN(open("fifo", O_RDONLY | O_NONBLOCK));
    TRY(read(in, text, 1));
    look = (struct pollfd){in, POLLIN};
    poll(&look, 1, 0);
    printf("events %x\n", look.revents);
    out = OPEN(open("fifo", O_WRONLY | O_NONBLOCK));
    TRY(read(in, text, 1));
    TRY(write(out, "12", 2));
    close(out);
    TRY(read(in, text, 1));
    poll(&look, 1, 0);
    printf("events %x\n", look.revents);
    TRY(read(in, text, 10));
    TRY(read(in, text, 10));
    close(in);
    CHILD({ int other = open("fifo", O_WRONLY); write(other, "from the child", 14); });
    in = OPEN(open("fifo", O_RDONLY));
    TRY(read(in, text, 100));
    TRY(read(in, text, 100));
    wait(0);
    close(in);
    int both = OPEN(open("fifo", O_RDWR));
    TRY(write(both, "abc", 3));
    TRY(read(both, text, 10));
    close(both);
    // ---- writes that wait ----
    make(0);
    fflush(stdout);
    if (fork() == 0) {
        long got = 0, now;
        close(out);
        while ((now = read(in, text, 3000)) > 0)
            got += now;
        printf("got %ld\n", got);
        exit(0);
    }
    close(in);
    TRY(write(out, text, 300000));
    close(out);
    wait(0);
    // ---- splice ----
    int file = open("file", O_CREAT | O_RDWR, 0644), file2 = open("file2", O_CREAT | O_RDWR, 0644);
    for (int i = 0; i < 100000; i++)
        text[i] = i % 251;
    write(file, text, 100000);
    long offset = 10, strange = -1;
    make(O_NONBLOCK);
    TRY(splice(file, &offset, out, 0, 1000, 0));
    printf("offset %ld\n", offset);
    inside();
    TRY(splice(in, 0, file2, 0, 5000, 0));
    TRY(lseek(file2, 0, SEEK_CUR));
    TRY(splice(in, 0, file2, 0, 5000, 0));
    TRY(splice(in, 0, file2, 0, 5000, SPLICE_F_NONBLOCK));
    offset = 0;
    TRY(splice(file, &offset, out, 0, 100000, 0));
    inside();
    TRY(splice(file, &offset, out, 0, 100000, SPLICE_F_NONBLOCK));
    offset = 5;
    TRY(splice(in, 0, file2, &offset, 70000, 0));
    printf("offset %ld\n", offset);
    memset(text, 0, 20);
    pread(file2, text, 10, 5);
    printf("bytes %d %d %d\n", text[0], text[1], text[2]);
    TRY(lseek(file, 99990, SEEK_SET));
    TRY(splice(file, 0, out, 0, 100, 0));
    TRY(splice(file, 0, out, 0, 100, 0));
    inside();
    TRY(splice(file, 0, file2, 0, 100, 0));
    TRY(splice(in, 0, out, 0, 100, 0));
    TRY(splice(in, &offset, file2, 0, 100, 0));
    TRY(splice(file, 0, out, &offset, 100, 0));
    TRY(splice(file, &strange, out, 0, 100, 0));
    TRY(splice(file, 0, out, 0, 100, 16));
    TRY(splice(file, 0, out, 0, 0, 0));
    TRY(splice(99, 0, out, 0, 1, 0));
    TRY(splice(out, 0, file2, 0, 1, 0));
    TRY(splice(open(".", O_RDONLY), 0, out, 0, 1, 0));
    int append = open("file2", O_WRONLY | O_APPEND);
    TRY(splice(in, 0, append, 0, 1, 0));
    int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDONLY);
    TRY(splice(in, 0, null, 0, 1000, 0));
    TRY(splice(zero, 0, out, 0, 10000, 0));
    inside();
    int first = in, first_out = out;
    make(O_NONBLOCK);
    TRY(tee(first, out, 5000, 0));
    inside();
    TRY(splice(first, 0, out, 0, 6000, 0));
    inside();
    TRY(tee(first, first_out, 10, 0));
    TRY(tee(file, out, 10, 0));
    TRY(tee(first, out, 10, 16));
    TRY(read(in, text, 100000));
    TRY(read(first, text, 100000));
    TRY(tee(first, out, 10, 0));
    TRY(vmsplice(out, vectors, 2, 0));
    inside();
    vectors[0] = (struct iovec){text, 7};
    TRY(vmsplice(in, vectors, 1, 0));
    printf("%.7s\n", text);
    TRY(vmsplice(file, vectors, 1, 0));
    TRY(vmsplice(out, vectors, 2000, 0));
    TRY(vmsplice(out, vectors, 1, 32));
    TRY(read(in, text, 100));
    close(first_out);
    TRY(splice(first, 0, out, 0, 10, 0));
    TRY(tee(first, out, 10, 0));
    close(first);
    close(in);
    pipe_signals = 0;
    TRY(splice(file, (offset = 0, &offset), out, 0, 10, 0));
    TRY(vmsplice(out, vectors, 1, 0));
    printf("SIGPIPE: %d\n", pipe_signals);
    close(out);
    // ---- signals that tell of bytes ----
    make(0);
    signal(SIGIO, on_io);
    signal(SIGUSR1, on_io);
    TRY(fcntl(in, F_SETFL, O_ASYNC));
    write(out, "x", 1);
    printf("nobody's: %d\n", io_signals);
    TRY(fcntl(in, F_SETOWN, getpid()));
    write(out, "x", 1);
    printf("mine: %d\n", io_signals);
    TRY(fcntl(in, F_SETSIG, SIGUSR1));
    write(out, "x", 1);
    printf("of my choice: %d\n", io_signals);
    int on = 0;
    TRY(ioctl(in, FIOASYNC, &on));
    write(out, "x", 1);
    printf("no more: %d\n", io_signals);
    TRY(fcntl(in, F_GETFL) & O_ASYNC);
    done();
    // ---- a splice that waits ----
    make(0);
    CHILD({
        close(out);
        printf("drained %ld\n", (long)splice(in, 0, file2, 0, 100000, 0));
        printf("drained %ld\n", (long)splice(in, 0, file2, 0, 100000, 0));
    });
    close(in);
    usleep(50000);
    write(out, "abc", 3);
    usleep(50000);
    close(out);
    wait(0);
    return 0;
}
