"""`./skerry bench latency` and `./skerry test --stretches`: the longest stretch in which a processor of ours can take
no interrupt, in instructions, counted by a plugin of the emulator (tools/plugin)."""

import collections
import contextlib
import os
import pathlib
import tempfile

from skerry import emulator, image, places, say, symbols
from skerry.figure import figure

HANG = 1800

#: What runs: name, program that is alone on the kernel (none: the system as a person has it), its words, processors.
SCENARIOS = [
    ("kernel", "bench", "", 1),
    ("attack", "attack", "", 1),
    ("linux", None, "", 1),
    ("processors", "attack", "only=attack/processors processors=2", 2),
    ("crowd", "attack", "only=attack/crowd processors=2 seed=1 calls=40000", 2),
]
SHELL = """for i in 1 2 3 4 5 6 7 8; do find / -xdev > /dev/null 2>&1; done
dd if=/dev/zero of=/tmp/big bs=1M count=64 2> /dev/null; cp /tmp/big /tmp/copy; rm /tmp/big /tmp/copy
for s in uart console; do echo kill > /svc/$s/control; done
sleep 1; poweroff -f
"""


def where(addresses, table):
    """Where most of the samples are."""
    inside = collections.Counter(map(table.name, addresses))
    return symbols.short(inside.most_common(1)[0][0])


def stretches(text):
    """The plugin's lines, the longest first: instructions and samples."""
    lines = [line.split() for line in text.splitlines() if line.startswith("STRETCH ")]
    return sorted(((int(line[2]), [int(word, 16) for word in line[4:]]) for line in lines),
                  reverse=True)


@contextlib.contextmanager
def booted(program, folder):
    if program:
        with image.alone(program) as boot:
            yield boot
        return
    script = folder / "profile"
    script.write_text(SHELL, encoding="utf-8")
    with image.made(additions=[_Addition(script, "/root/.profile")]) as boot:
        yield boot


_Addition = collections.namedtuple("_Addition", "host guest")


def scenario(program, words, smp=1):
    with tempfile.TemporaryDirectory(prefix="latency-", dir=places.BUILD) as name:
        folder = pathlib.Path(name)
        found = folder / "stretches"
        with booted(program, folder) as boot:
            line = emulator.command_line(
                boot, cpu="max,-erms,-fsrm", smp=smp, append=words, log=folder / "log", channel="null",
                more=[*emulator.COUNTING, *emulator.plugin("stretch", found)])
            with emulator.Machine(line) as machine:
                machine.wait(HANG)
                if not found.exists():
                    raise say.SystemFailed(emulator.failure(machine, folder / "log"))
        return stretches(found.read_text())


def measure():
    table = symbols.Symbols(places.KERNEL, symbols.CODE)
    for name, program, words, smp in SCENARIOS:
        longest, samples = scenario(program, words, smp)[0]
        yield figure(f"latency/{name}", "instructions", longest, f"in {where(samples, table)}")


def longest(program, words="", count=12):
    """For people who look for what is long: the longest stretches and where they are."""
    table = symbols.Symbols(places.KERNEL, symbols.CODE)
    for instructions, samples in scenario(program, words)[:count]:
        yield instructions, where(samples, table)


@contextlib.contextmanager
def over_all(count=5):
    """Whatever emulators are started meanwhile, in other processes too; at the end a list of sentences."""
    said = []
    with tempfile.TemporaryDirectory(prefix="stretches-", dir=places.BUILD) as folder:
        os.environ[emulator.STRETCHES] = folder
        yield said
        del os.environ[emulator.STRETCHES]
        files = list(pathlib.Path(folder).iterdir())
        found = sorted((one for file in files for one in stretches(file.read_text())), reverse=True)
    table = symbols.Symbols(places.KERNEL, symbols.CODE)
    said += [f"{instructions:,} instructions without an interrupt, in {where(samples, table)}"
             for instructions, samples in found[:count]]
    said.append(f"(of {len(files)} machines)")
