"""Programs and their memory: each prints on Skerry what it prints on this machine's Linux."""

import subprocess

import pytest

from harness.fixtures import HANG, runner
from skerry import places

FOLDER = places.ROOT / "tests/linux"


def compiled(source, folder, *flags):
    program = folder / source.removesuffix(".c")
    subprocess.run(["gcc", "-O1", *flags, "-o", program, FOLDER / source], check=True)
    return program


def in_skerry(program, folder, *options):
    done = runner(folder)(f"/{program.name}", options=["--add", f"{program}:/{program.name}", *options])
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().splitlines()


def on_this_machine(program):
    return subprocess.run([program], stdin=subprocess.DEVNULL, capture_output=True, check=True,
                          timeout=HANG).stdout.decode().splitlines()


@pytest.mark.parametrize("source", ["memory.c"])
def test_the_same_as_on_linux(source, tmp_path):
    program = compiled(source, tmp_path, "-static")
    assert in_skerry(program, tmp_path) == on_this_machine(program)
