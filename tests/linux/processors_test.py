"""Programs on several processors: what they share, stop, move, unmap and end prints what it prints on this machine's
Linux, on 1, 2 and 4 processors; and where several threads of the personality take turns on one."""

import subprocess

import pytest

from harness.chance import shows_twice
from harness.fixtures import HANG
from skerry import places

FOLDER = places.ROOT / "tests/linux"
ORDINARY = places.ROOT / "manifests/default.toml"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    made = tmp_path_factory.mktemp("programs") / "processors"
    subprocess.run(["gcc", "-static", "-pthread", "-O1", "-Wall", "-o", made, FOLDER / "processors.c", "-lm"],
                   check=True)
    return made


@pytest.fixture(scope="module")
def expected(program):
    here = subprocess.run([program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=HANG, check=True)
    return here.stdout.decode().splitlines()


def look_at(program, expected, skerry_run, options):
    done = skerry_run("processors", options=["--add", f"{program}:/bin/processors", *options])
    assert done.stdout.decode().splitlines() == expected, done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("processors", ["1", "2", "4"])
def test_the_same_as_on_linux(program, expected, skerry_run, processors, record_property):
    shows_twice(lambda _: look_at(program, expected, skerry_run, ["--smp", processors]), record_property)


def test_server_threads_that_take_turns(program, expected, skerry_run, tmp_path, record_property):
    """Programs are told of three processors where there is one: whoever has the lock may be preempted with it."""
    manifest = tmp_path / "three.toml"
    text = ORDINARY.read_text()
    assert text.count("boot-words = true\n") == 1
    manifest.write_text(text.replace("boot-words = true\n", 'boot-words = true\narguments = "processors=3"\n'))
    shows_twice(lambda _: look_at(program, expected, skerry_run, ["--smp", "1", "--manifest", manifest]),
                record_property)


TELL = """
    nproc; cat /sys/devices/system/cpu/online; grep -c ^processor /proc/cpuinfo; grep -c '^cpu[0-9]' /proc/stat
    ls -d /sys/devices/system/cpu/cpu[0-9]* | wc -l; grep Cpus_allowed /proc/self/status
    taskset 2 sh -c 'nproc; grep Cpus_allowed_list /proc/self/status; cut -d" " -f39 /proc/self/stat'
"""


def test_what_programs_are_told(skerry_run):
    done = skerry_run("sh", "-c", TELL, options=["--smp", "4"])
    assert done.stdout.decode().split() == [
        "4", "0-3", "4", "4", "4", "Cpus_allowed:", "f", "Cpus_allowed_list:", "0-3",
        "1", "Cpus_allowed_list:", "1", "1"], done.stderr


def test_of_many_processors_programs_use_32(skerry_run):
    done = skerry_run("nproc", options=["--smp", "40"])
    assert done.stdout == b"32\n", done.stderr
