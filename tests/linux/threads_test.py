"""Processes, threads, signals, timers and futexes: each program prints on Skerry what it prints on this machine's
Linux, linked with glibc and with musl. One boot for all."""

import subprocess

import pytest

from harness.fixtures import HANG
from skerry import places

FOLDER = places.ROOT / "tests/linux"
COMPILERS = {"glibc": ["gcc", "-static", "-pthread"], "musl": ["musl-gcc", "-static"]}
#: Which library the program can be linked with.
PROGRAMS = [(name, "glibc") for name in ("clone", "waiting", "futex", "signals", "timers")] + [("futex", "musl")]
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


@pytest.fixture(scope="module")
def printed(module_run, programs):
    options = [word for name, program in programs.items() for word in ("--add", f"{program}:/bin/{name}")]
    script = "; ".join(f"echo == {name}; {name} < /dev/null 2>&1; echo status $?" for name in programs)
    done = module_run("sh", "-c", script, options=options)
    parts = done.stdout.decode().split("== ")[1:]
    return dict(part.split("\n", 1) for part in parts)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_as_on_linux(programs, printed, name):
    here = subprocess.run(["setsid", "-w", programs[name]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=HANG, check=False)
    expected = here.stdout.decode() + f"status {here.returncode}\n"
    assert printed[name].splitlines() == expected.splitlines()
