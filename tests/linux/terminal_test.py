"""Terminals: one program, which prints on Skerry what it prints on this machine's Linux."""

import subprocess

import pytest

from harness.chance import shows_twice
from harness.fixtures import HANG, runner
from skerry import places

FOLDER = places.ROOT / "tests/linux"


def compiled(source, folder):
    program = folder / source.removesuffix(".c")
    subprocess.run(["gcc", "-O1", "-static", "-o", program, FOLDER / source], check=True)
    return program


def on_this_machine(program):
    """In a session of its own, without a controlling terminal, as the framed channel has it."""
    return subprocess.run(["setsid", "--wait", program], stdin=subprocess.DEVNULL, capture_output=True, check=True,
                          timeout=HANG).stdout.decode().splitlines()


@pytest.mark.parametrize("source", ["pty.c"])
def test_the_same_as_on_linux(source, tmp_path, record_property):
    program = compiled(source, tmp_path)

    def look(_):
        answer = runner(tmp_path)(f"/{program.name}", options=["--add", f"{program}:/{program.name}"])
        assert answer.stdout.decode().splitlines() == on_this_machine(program)
        assert answer.returncode == 0

    shows_twice(look, record_property)
