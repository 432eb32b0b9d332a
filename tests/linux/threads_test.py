"""Processes, threads, signals, timers and futexes: each program prints on Skerry what it prints on this machine's
Linux, linked with glibc and with musl."""

import os
import subprocess

import pytest

from harness.chance import shows_twice
from harness.fixtures import HANG
from skerry import places

FOLDER = places.ROOT / "tests/linux"
COMPILERS = {"glibc": ["gcc", "-static", "-pthread"], "musl": ["musl-gcc", "-static", "-idirafter", "/usr/include",
                      "-idirafter", "/usr/include/x86_64-linux-gnu"]}
#: Which library the program can be linked with.
PROGRAMS = [(name, "glibc") for name in ("clone", "waiting", "futex", "signals", "timers", "identity", "many")]
PROGRAMS += [("futex", "musl"), ("many", "musl")]
#: These change users.
OF_ROOT = {"signals", "timers", "identity"}
NAMES = [f"{name}-{library}" for name, library in PROGRAMS]


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    made = {}
    for name, library in PROGRAMS:
        program = folder / f"{name}-{library}"
        subprocess.run([*COMPILERS[library], "-O1", "-Wall", "-o", program, FOLDER / f"{name}.c", "-lm"], check=True)
        made[program.name] = program
    return made


@pytest.mark.parametrize("name", NAMES)
def test_the_same_as_on_linux(programs, skerry_run, name, record_property):
    if name.split("-")[0] in OF_ROOT and os.geteuid() != 0:
        pytest.skip("to compare with, it must be root here")

    def look(_):
        here = subprocess.run(["setsid", "-w", programs[name]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=HANG, check=False)
        expected = here.stdout.decode() + f"status {here.returncode}\n"
        done = skerry_run("sh", "-c", f"{name} < /dev/null 2>&1; echo status $?",
                          options=["--add", f"{programs[name]}:/bin/{name}"])
        assert done.stdout.decode().splitlines() == expected.splitlines()

    shows_twice(look, record_property)


def test_what_a_thousand_threads_had_comes_back(module_run, programs):
    """Issue 3, `Shown by` 6: every page is there again."""
    program = programs["many-glibc"]
    # Chance costs a page of books more or less; the files, and what the first round leaves for the
    # next ones, are there from the beginning.
    done = module_run("sh", "-c", """
        echo 0 > /proc/sys/kernel/randomize_va_space
        of() { grep -E '^(processes|threads|memory-used)' /svc/linux/status; }
        of > /tmp/before; of > /tmp/after
        many > /dev/null; of > /tmp/before; many > /dev/null; of > /tmp/before
        many > /dev/null; many > /dev/null; of > /tmp/after
        cmp /tmp/before /tmp/after && echo same; cat /tmp/before /tmp/after >&2""",
                      options=["--add", f"{program}:/bin/many"])
    assert done.stdout == b"same\n", done.stderr
