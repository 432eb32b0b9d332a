"""Boot as a person waits for it: from the start of the emulator to the first byte of the prompt, in
milliseconds of the host. Not the same at every run, so it is reported and no test's limit."""

import os
import re
import select
import socket
import statistics
import time

from skerry import emulator, say

ROUNDS = 5
HANG = 120
#: The shell waits: its prompt is the last line, and nothing follows.
PROMPT = re.compile(rb"(?:^|\n)(?:\x1b\[[0-9;?]*[a-zA-Z])*[^\n]*# (?:\x1b\[[0-9;?]*[a-zA-Z])*$")


def once(boot, **others):
    """Milliseconds until the prompt's first byte was here."""
    ours, theirs = socket.socketpair()
    with ours:
        line = emulator.command_line(boot, accel=emulator.accelerator("auto"), log=os.devnull,
                                     console=emulator.own_end(theirs), channel="null", **others)
        began = time.monotonic()
        with emulator.Machine(line, inherited=(theirs,)):
            return (first_byte(ours, began + HANG) - began) * 1000


def first_byte(line, deadline):
    """When the byte came that begins the prompt."""
    said, begun = b"", time.monotonic()
    while time.monotonic() < deadline:
        readable, _, _ = select.select([line], [], [], deadline - time.monotonic())
        came = line.recv(4096) if readable else b""
        if not came:
            break
        if not said or b"\n" in came:
            begun = time.monotonic()
        said += came
        if PROMPT.search(said):
            return begun
    raise say.SystemFailed(f"no prompt came; the last that did: {said[-300:]!r}")


def alternating(*systems):
    """The median of several boots of each; they take turns, so that a busy host troubles all alike."""
    times = [[] for _ in systems]
    for _ in range(ROUNDS):
        for taken, system in zip(times, systems):
            taken.append(system())
    return [round(statistics.median(taken)) for taken in times]
