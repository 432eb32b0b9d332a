"""`./skerry bench latency` and `./skerry test --stretches`: the longest stretch in which a processor of ours can take
no interrupt, in instructions, counted by a plugin of the emulator (tools/plugin)."""

import collections
import contextlib
import os
import pathlib
import tempfile

from skerry import emulator, image, measuring, places, symbols
from skerry.figure import figure

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


def stretches(lines):
    """The plugin's, the longest first: instructions and samples."""
    words = [line.split() for line in lines if line.startswith("STRETCH ")]
    return sorted(((int(line[2]), [int(word, 16) for word in line[4:]]) for line in words), reverse=True)


def scenario(program, words, smp=1):
    with image.alone(program) if program else image.with_profile(SHELL) as boot:
        return stretches(measuring.watched("stretch", boot, smp=smp, append=words))


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
        found = sorted((one for file in files for one in stretches(file.read_text().splitlines())), reverse=True)
    table = symbols.Symbols(places.KERNEL, symbols.CODE)
    said += [f"{instructions:,} instructions without an interrupt, in {where(samples, table)}"
             for instructions, samples in found[:count]]
    said.append(f"(of {len(files)} machines)")
