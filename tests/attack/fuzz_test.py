"""Calls at random from several threads of several processes on all processors, with deaths, on a kernel that
checks its own invariants meanwhile. `./skerry test fuzz --seconds N --seed S` does so for longer; the same
seed makes the same calls."""

import re

from harness import fixtures
from skerry import fuzzing, places, shape

MADE = re.compile(r"attack: seed \d+, \d+ processors: (\d+) random calls, (\d+) succeeded, (\d+) deaths")
LOOKS = re.compile(r"audit: (\d+) looks")


def test_no_crowd_breaks_an_invariant(tmp_path):
    wanted = fuzzing.wanted()
    processors = shape.usual().smp
    text = fixtures.alone("attack", tmp_path, f"only=attack/crowd processors={processors} {wanted.words()}",
                          hang=wanted.seconds * 20 + fixtures.HANG, boot="direct", kernel=places.AUDITED)
    assert "kernel stopped" not in text, text[-3000:]
    assert ("attack/the-system-is-still-there", True, "") in fixtures.outcomes(text), text[-3000:]
    calls, succeeded, deaths = map(int, MADE.findall(text)[-1])
    looks = int(LOOKS.findall(text)[-1])
    wanted.report(f"{calls:,} random calls of a crowd on {processors} processors, {succeeded:,} of them succeeded, "
                  f"{deaths:,} deaths, all invariants checked at least {looks:,} times")
    assert succeeded > 1000 and deaths > 10 and looks >= 64
