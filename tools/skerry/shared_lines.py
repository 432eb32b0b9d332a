"""The lines of memory that processors share while each makes round trips of its own."""

from skerry import window
from skerry.figure import figure

PROCESSORS = 4


def count(append=""):
    """What each processor did while all made round trips."""
    return window.watched(f"bench=kernel/processors {append}", smp=PROCESSORS, together=PROCESSORS)


def measure():
    found = count().values()
    shared = [text for one in found for text in one.shared]
    name = f"kernel/processors/{PROCESSORS}"
    yield figure(f"{name}/lines-touched", "lines", max(one.lines for one in found))
    yield figure(f"{name}/lines-others-write", "lines", len(shared), shared[0] if shared else "")
