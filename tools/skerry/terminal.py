"""The terminal of this machine, lent to the guest: raw while it is lent, as it was afterwards."""

import contextlib
import os
import sys
import termios
import tty


@contextlib.contextmanager
def raw(fd=0):
    """Does nothing if the descriptor is no terminal."""
    if not os.isatty(fd):
        yield
        return
    before = termios.tcgetattr(fd)
    try:
        tty.setraw(fd)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def window():
    """Rows and columns of the first of our descriptors that is a terminal."""
    for fd in (1, 0, 2):
        try:
            size = os.get_terminal_size(fd)
            return size.lines or 24, size.columns or 80
        except OSError:
            continue
    return 24, 80


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


def flush():
    sys.stdout.flush()
    sys.stderr.flush()
