"""`run` without a command: this terminal becomes the guest's first serial line."""

import contextlib
import os
import selectors
import signal
import socket

from skerry import channel, emulator, say, shape, terminal

LEAVE = b"\x1d"  # Ctrl-]


class Left(Exception):
    """The person has closed the terminal."""


class Window:
    """Tells the guest the size of this terminal, at each hello and at each change, on the command channel: no
    command comes there while somebody is at the console."""

    def __init__(self, line):
        self.line = line
        self._decoder = channel.Decoder()
        self._greeted = False
        line.setblocking(False)

    def heard(self):
        """Reads what came. False: the line is closed."""
        try:
            data = self.line.recv(65536)
        except BlockingIOError:
            return True
        while data:
            try:
                kinds = [kind for kind, _ in self._decoder.feed(data)]
            except channel.BegunAnew:  # the personality was; its hello follows
                data, self._decoder = self._decoder.rest(), channel.Decoder()
                continue
            if channel.Kind.HELLO in kinds:
                self._greeted = True
                self.tell()
            return True
        return False

    def tell(self, *_):
        if self._greeted:
            with contextlib.suppress(OSError):  # nobody takes it now: the next change tells it
                self.line.send(channel.window(*terminal.window()))


def pump(line, window):
    """Copies between terminal and line until one of them ends; True if the guest ended it."""
    waiting = b""
    with selectors.DefaultSelector() as ready:
        ready.register(0, selectors.EVENT_READ)
        ready.register(line, selectors.EVENT_READ)
        ready.register(window.line, selectors.EVENT_READ)
        while True:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if waiting else 0)
            ready.modify(line, wanted)
            for key, events in ready.select():
                if key.fileobj == 0:
                    typed = os.read(0, 4096) if not waiting else None
                    if typed == b"" or (typed and LEAVE in typed):
                        return False
                    waiting = typed or waiting
                    continue
                if key.fileobj is window.line:
                    if not window.heard():
                        ready.unregister(window.line)
                    continue
                if events & selectors.EVENT_WRITE:
                    waiting = waiting[line.send(waiting):]
                if events & selectors.EVENT_READ:
                    shown = line.recv(65536)
                    if not shown:
                        return True
                    terminal.write_all(1, shown)


def run(options, image, log, more=()):
    ours, theirs = socket.socketpair()
    sizes, their_sizes = socket.socketpair()
    rows, columns = terminal.window()
    line = emulator.command_line(
        image, mem=options.mem, cpu=options.cpu, **shape.Shape.of(options).settings(), accel=emulator.accelerator(options.accel),
        append=f"window={rows}x{columns} term={os.environ.get('TERM', 'vt100')}", log=log,
        console=emulator.own_end(theirs), channel=emulator.own_end(their_sizes), more=more)

    def hung_up(*_):
        raise Left

    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, hung_up)
    window = Window(sizes)
    signal.signal(signal.SIGWINCH, window.tell)
    terminal.flush()
    ended = False
    with emulator.Machine(line, [theirs, their_sizes]) as machine:
        try:
            with terminal.raw():
                ours.setblocking(False)
                ended = pump(ours, window)
        except (Left, ConnectionError, OSError) as reason:
            ended = isinstance(reason, ConnectionError)
        if not ended:
            return 0
        if machine.orderly():
            return 0
        raise say.SystemFailed(emulator.failure(machine, log))
