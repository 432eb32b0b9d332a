"""Programs, their memory, threads and libraries: each prints on Skerry what it prints on this machine's
Linux. One boot runs them all."""

import collections
import os
import shlex
import subprocess

import pytest

from harness.chance import Answers, shows_twice
from harness.fixtures import HANG, runner
from skerry import places

FOLDER = places.ROOT / "tests/linux"
TOGETHER = True
#: A folder of this run, since others may run the same here.
PLACE = f"/tmp/programs-test-{os.getpid()}"
#: Before what each has printed: none of them prints this.
MARK = "@@@@ of "

Program = collections.namedtuple("Program", "name compiler source flags words", defaults=[""])

LIBRARY = ["-DWITH_DLOPEN", f'-DLIBRARY="{PLACE}/library.so"']
PROGRAMS = [
    Program("memory", "gcc", "memory.c", ["-static"]),
    Program("exec", "gcc", "exec.c", ["-static"], "test"),
    Program("event-files", "gcc", "event_files.c", ["-static"]),
    Program("memory-files", "gcc", "memory_files.c", ["-static"]),
    Program("unix-sockets", "gcc", "unix_sockets.c", ["-static"]),
    Program("vdso", "gcc", "vdso.c", []),
    Program("vdso-musl", "musl-gcc", "vdso.c", ["-static"]),
    Program("threads", "gcc", "threads.c", ["-pthread", *LIBRARY]),
    Program("threads-static", "gcc", "threads.c", ["-pthread", "-static"]),
    Program("threads-static-pie", "gcc", "threads.c", ["-pthread", "-static-pie", "-fPIE"]),
    Program("threads-musl", "musl-gcc", "threads.c",
            ["-DWITH_DLOPEN", f'-DLIBRARY="{PLACE}/library-musl.so"']),
    Program("threads-musl-static", "musl-gcc", "threads.c", ["-static"]),
    Program("exceptions", "g++", "exceptions.cpp",
            ["-pthread", "-DWITH_DLOPEN", f'-DLIBRARY="{PLACE}/library++.so"']),
    Program("exceptions-static", "g++", "exceptions.cpp", ["-pthread", "-static"]),
]
LIBRARIES = [
    Program("library.so", "gcc", "threads_library.c", ["-shared", "-fPIC"]),
    Program("library-musl.so", "musl-gcc", "threads_library.c", ["-shared", "-fPIC"]),
    Program("library++.so", "g++", "exceptions_library.cpp", ["-shared", "-fPIC"]),
]


def build(program, folder):
    made = folder / program.name
    subprocess.run([program.compiler, "-O1", "-o", made, FOLDER / program.source, *program.flags], check=True)
    return made


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    made = [build(program, folder) for program in PROGRAMS + LIBRARIES]
    return Answers(lambda: both(folder, made))


def both(folder, made):
    """What each printed in Skerry and on this machine, its status behind it."""
    lines = [f"echo '{MARK}{program.name}'; {PLACE}/{program.name} {program.words}; echo status $?"
             for program in PROGRAMS]
    added = [word for path in made for word in ("--add", f"{path}:{PLACE}/{path.name}")]
    script = "; ".join(lines)
    done = runner(folder)("sh", "-c", f"export MAY_SET_THE_CLOCK=1; {script}", options=added)
    parts = {}
    for part in done.stdout.decode(errors="replace").split(MARK)[1:]:
        name, _, text = part.partition("\n")
        parts[name] = text
    # There the programs must lie in the same place, since their own path is among what they print.
    here = {}
    try:
        for command in ["mkdir", "-p", PLACE], ["cp", *made, PLACE]:
            subprocess.run(command, check=True)
        for program, line in zip(PROGRAMS, lines):
            said = subprocess.run(["sh", "-c", line.partition("; ")[2]], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=HANG, check=False)
            here[program.name] = said.stdout.decode(errors="replace")
    finally:
        subprocess.run(["rm", "-rf", PLACE], check=True)
    return parts, here, done


@pytest.mark.parametrize("name", [program.name for program in PROGRAMS])
def test_the_same_as_on_linux(name, answers, record_property):
    def look(anew):
        there, here, done = answers.get(anew)
        assert name in there, done.stderr
        assert there[name].splitlines() == here[name].splitlines()
        assert "status 0" in here[name], shlex.quote(here[name])

    shows_twice(look, record_property)
