"""What it costs to unmap a page that other processors may remember: they are interrupted and waited for, with the
kernel's lock held."""

from skerry import window
from skerry.figure import figure

ROUNDS = 256


def count(others, loaded):
    """Instructions of one unmapping: of who unmaps, and of each of so many others in the kernel. (These take the same,
    unless a timer comes in between.)"""
    found = window.watched(f"bench=kernel/shootdown loaded={int(loaded)} rounds={ROUNDS}", smp=1 + others, together=1)
    answering = [one.in_kernel for number, one in found.items() if number != 0]
    return found[0].instructions / ROUNDS, min(answering, default=0) / ROUNDS


def measure():
    alone, _ = count(1, loaded=False)
    yield figure("kernel/shootdown/loaded-nowhere-else", "instructions", round(alone))
    for others in (1, 3):
        asking, answering = count(others, loaded=True)
        yield figure(f"kernel/shootdown/{others}/asking", "instructions", round(asking))
        yield figure(f"kernel/shootdown/{others}/answering", "instructions", round(answering))
