"""Round trips in a second of the host's clock, with 1, 2 and (where the host has them) 4 processors busy: what counting
in instructions can't show, whether they keep out of each other's way. It differs from run to run."""

import os
import resource
import time

from skerry import emulator, image, places, say
from skerry.figure import figure

HANG = 600


def host_time():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def once(boot, processors):
    """The guest's own rows, as words, and how much of the host's processors the emulator had meanwhile."""
    log = places.BUILD / "throughput.log"
    log.unlink(missing_ok=True)
    line = emulator.command_line(boot, smp=processors, append="bench=kernel/throughput", log=log, channel="null")
    began, before = time.monotonic(), host_time()
    with emulator.Machine(line) as machine:
        machine.wait(HANG)
        words = [line.split() for line in log.read_text(errors="replace").splitlines() if line.startswith("BENCH ")]
        if not words or not machine.orderly():
            raise say.SystemFailed(emulator.failure(machine, log))
    return words, (host_time() - before) / (time.monotonic() - began)


def measure():
    """On a host that does something else the emulator gets less than a processor for each of the guest's: the last
    column says how much it got, and the host's load."""
    with image.alone("bench") as boot:
        for processors in (1, 2, 4):
            if processors > (os.cpu_count() or 1):
                continue
            load = os.getloadavg()[0]
            words, had = once(boot, processors)
            for _, name, unit, value, *_ in words:
                yield figure(name, unit, int(value), f"with {had:.1f} of {os.cpu_count()} processors of the host, load {load:.1f}")
