"""Files: programs that print on Skerry, call for call, what they print on this machine's Linux.

Each works in an empty tmpfs as user 0. Where that can't be had here (no root, or a Linux older than
the answers are), what Linux 6.18 printed stands beside the source."""

import os
import subprocess

import pytest

from harness.chance import Answers, shows_twice
from harness.fixtures import HANG, runner
from skerry import places

TOGETHER = True
FOLDER = places.ROOT / "tests/linux"
SOURCES = ["names", "rights", "bytes", "pipes", "mounts", "notify"]
ANSWERS_OF = (6, 18)


def compiled(name, folder):
    program = folder / name
    subprocess.run(["gcc", "-O1", "-static", "-w", "-o", program, FOLDER / f"{name}.c"], check=True)
    return program


def on_linux(name, program):
    release = tuple(int(part) for part in os.uname().release.split(".")[:2])
    if os.geteuid() != 0 or release != ANSWERS_OF:
        return (FOLDER / f"{name}.txt").read_text().splitlines()
    place = program.parent / f"{name}-place"
    place.mkdir(exist_ok=True)
    script = 'mount -t tmpfs none "$1" && cd "$1" && exec "$2"'
    done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", place, program], check=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG)
    return done.stdout.decode().splitlines()


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return {name: compiled(name, folder) for name in SOURCES}


@pytest.fixture(scope="module", name="skerry")
def skerry_answers(tmp_path_factory, programs):
    return Answers(lambda: on_skerry(tmp_path_factory.mktemp("files"), programs))


def on_skerry(folder, programs):
    """What all of them print in one boot, by name."""
    options = [word for name in SOURCES for word in ("--add", f"{programs[name]}:/bin/test-{name}")]
    script = "".join(
        f"echo '=== {name}'; mkdir /tmp/{name}; mount -t tmpfs none /tmp/{name}; "
        f"(cd /tmp/{name}; exec test-{name}); " for name in SOURCES)
    answer = runner(folder)("sh", "-c", script, options=options)
    assert answer.returncode == 0, answer.stderr.decode()
    parts = answer.stdout.decode().split("=== ")[1:]
    return {part.splitlines()[0]: part.splitlines()[1:] for part in parts}


@pytest.mark.parametrize("name", SOURCES)
def test_files_are_as_on_linux(name, programs, skerry, record_property):
    def look(anew):
        assert skerry.get(anew)[name] == on_linux(name, programs[name])

    shows_twice(look, record_property)
