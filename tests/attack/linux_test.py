"""A program for Linux attacks the personality that serves it; then the system must still be there."""

import pytest
from harness import fixtures
from skerry import places

TOGETHER = True
NAMES = ["wild-pointers-in-every-call", "elf-headers-with-a-wrong-byte",
         "elf-headers-with-wild-fields", "elf-files-cut-short", "all-of-memory-by-mmap",
         "all-of-memory-by-brk", "all-addresses", "all-descriptors", "fork-bomb",
         "fork-bomb-of-everybody", "all-threads", "descriptors-of-every-kind", "signals-and-timers",
         "all-memory-comes-back", "random-calls",
         "the-system-is-still-there"]


@pytest.fixture(scope="module")
def outcomes(module_run):
    program = places.LINUX / "attack-linux"
    done = module_run("/bin/attack-linux", options=["--add", f"{program}:/bin/attack-linux"])
    return list(fixtures.outcomes(done.stdout.decode(errors="replace"))), done


@pytest.mark.parametrize("name", NAMES)
def test_no_linux_program_gets_at_the_system(outcomes, name):
    found, done = outcomes
    mine = [outcome for outcome in found if outcome[0] == f"linux/{name}"]
    assert mine, f"it did not come to this; status {done.returncode}, {done.stderr[-1000:]}"
    assert [outcome for outcome in mine if not outcome[1]] == []


def test_the_campaign_counts(outcomes):
    """A fuzz campaign with a seed: it says how many calls it made, and that most of them are known."""
    found, done = outcomes
    line = next(line for line in done.stdout.decode(errors="replace").splitlines() if line.startswith("CALLS "))
    print(line)
    made, fine, unknown = (int(line.split()[at]) for at in (1, 7, 10))
    assert made > 40_000
    assert fine > 0 and unknown < made / 2
