"""A program for Linux attacks the personality that serves it; then the system must still be there."""

import pytest
from harness import fixtures
from skerry import places

NAMES = ["wild-pointers-in-every-call", "elf-headers-with-a-wrong-byte",
         "elf-headers-with-wild-fields", "elf-files-cut-short", "all-of-memory-by-mmap",
         "all-of-memory-by-brk", "all-addresses", "all-descriptors", "fork-bomb", "random-calls",
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
