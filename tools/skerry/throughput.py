"""Round trips in a second of the host's clock, with 1, 2 and (where the host has them) 4 processors busy: what counting
in instructions can't show, whether they keep out of each other's way. It differs from run to run."""

import os
import resource
import time

from skerry import image, measuring


def host_time():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def once(boot, processors):
    """The guest's own rows, and how much of the host's processors the emulator had meanwhile."""
    began, before = time.monotonic(), host_time()
    rows = measuring.figures(boot, counting=False, smp=processors, append="bench=kernel/throughput")
    return rows, (host_time() - before) / (time.monotonic() - began)


def measure():
    """On a host that does something else the emulator gets less than a processor for each of the guest's: the last
    column says how much it got, and the host's load."""
    with image.alone("bench") as boot:
        for processors in (1, 2, 4):
            if processors > (os.cpu_count() or 1):
                continue
            load = os.getloadavg()[0]
            rows, had = once(boot, processors)
            for row in rows:
                yield row | {"who": f"with {had:.1f} of {os.cpu_count()} processors of the host, load {load:.1f}"}
