"""`run -- COMMAND`: boots with a command channel and becomes the command it carries."""

import os
import signal
import socket

from skerry import channel, emulator, say, session, shape, terminal

#: How long a system may take to come up before it counts as hung.
HELLO_TIMEOUT = 300


class TimedOut(Exception):
    """--timeout has passed, or the hello is overdue."""


def record_of(options):
    terminals = [os.isatty(fd) for fd in (0, 1, 2)]
    words = [[os.fsencode(word) for word in list_] for list_ in (options.command, options.env)]
    record = channel.start_record(*words, os.fsencode(options.cwd or ""), terminals, terminal.window())
    if len(record) > channel.MAX_START_RECORD:
        raise say.Usage("the command and its environment are longer than "
                        f"{channel.MAX_START_RECORD // 1024} KiB")
    return record


def watch(carried):
    """What reaches this process reaches the command."""
    def late(*_):
        raise TimedOut

    def forward(number, _):
        carried.signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, forward)
    signal.signal(signal.SIGWINCH, lambda *_: carried.resized())
    signal.signal(signal.SIGALRM, late)


def run(options, image, log, more=(), on_start=lambda: None):
    """`more`: further words for the emulator; `on_start` is called when the command is about to start."""
    record = record_of(options)
    ours, theirs = socket.socketpair()
    line = emulator.command_line(
        image, mem=options.mem, cpu=options.cpu, **shape.Shape.of(options).settings(), accel=emulator.accelerator(options.accel),
        append="command", log=log, console=f"file,path={emulator.comma(log)}.console",
        channel=emulator.own_end(theirs), more=more)

    def up():
        on_start()
        if not options.timeout:
            signal.setitimer(signal.ITIMER_REAL, 0)

    carried = session.Session(ours, record, options.command[0], up)
    watch(carried)
    terminal.flush()
    with emulator.Machine(line, [theirs]) as machine:
        signal.setitimer(signal.ITIMER_REAL, options.timeout or HELLO_TIMEOUT)
        try:
            with terminal.raw():
                status = carried.run()
        except TimedOut:
            if not options.timeout:
                raise say.SystemFailed(f"the system did not come up within {HELLO_TIMEOUT} s; "
                                       f"its log is {log}") from None
            say.line(f"timed out after {options.timeout:g} s")
            return 124
        except channel.BegunAnew:
            raise say.SystemFailed(f"{options.command[0]} has ended with all other Linux programs: what served "
                                   f"them was killed and started anew; the system's log is {log}") from None
        except channel.ChannelBroken as reason:
            raise say.SystemFailed(f"the command channel broke: {reason}") from None
        except ConnectionError:
            status = None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if status is None:
            raise say.SystemFailed(emulator.failure(machine, log))
        return status
