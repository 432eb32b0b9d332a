"""`./skerry bench latency`: the longest stretch in which a processor of ours can take no interrupt, in
instructions, counted by a plugin of the emulator (tools/plugin)."""

import bisect
import collections
import contextlib
import pathlib
import subprocess
import tempfile

from skerry import emulator, image, places, say

HANG = 1800
PLUGIN = places.HOST / "tools/plugin/stretch.so"

#: What runs: name, program that is alone on the kernel (none: the system as a person has it), its words.
SCENARIOS = [
    ("kernel", "bench", ""),
    ("attack", "attack", ""),
    ("linux", None, ""),
]
SHELL = """for i in 1 2 3 4 5 6 7 8; do find / -xdev > /dev/null 2>&1; done
dd if=/dev/zero of=/tmp/big bs=1M count=64 2> /dev/null; cp /tmp/big /tmp/copy; rm /tmp/big /tmp/copy
for s in uart console; do echo kill > /svc/$s/control; done
sleep 1; poweroff -f
"""


def symbols():
    """Addresses of the kernel's functions, ascending, and their names."""
    names = subprocess.run(["llvm-nm-19", "--demangle", "--defined-only", places.KERNEL], check=True,
                           stdout=subprocess.PIPE, text=True).stdout
    found = sorted((int(words[0], 16), words[2]) for words in
                   (line.split(" ", 2) for line in names.splitlines()) if words[1] in "tTwW")
    return [at for at, _ in found], [name for _, name in found]


def short(name):
    """A function without its parameters and what it is a template of."""
    depth, kept = 0, ""
    for letter in name.replace("(anonymous namespace)::", "").removeprefix("kernel::"):
        if letter == "(" and depth == 0:
            break
        depth += {"<": 1, ">": -1}.get(letter, 0)
        kept += letter if depth == 0 and letter != ">" else ""
    return kept.split(" ")[-1]


def where(addresses, table):
    """Where most of the samples are."""
    at, names = table
    inside = collections.Counter(names[max(bisect.bisect_right(at, one) - 1, 0)] for one in addresses)
    return short(inside.most_common(1)[0][0])


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


def scenario(program, words):
    with tempfile.TemporaryDirectory(prefix="latency-", dir=places.BUILD) as name:
        folder = pathlib.Path(name)
        found = folder / "stretches"
        with booted(program, folder) as boot:
            line = emulator.command_line(
                boot, cpu="max,-erms,-fsrm", append=words, log=folder / "log", channel="null",
                more=[*emulator.COUNTING, "-plugin", f"{PLUGIN},out={emulator.comma(found)}"])
            with emulator.Machine(line) as machine:
                machine.wait(HANG)
                if not found.exists():
                    raise say.SystemFailed(emulator.failure(machine, folder / "log"))
        return stretches(found.read_text())


def measure():
    table = symbols()
    for name, program, words in SCENARIOS:
        longest, samples = scenario(program, words)[0]
        yield {"name": f"latency/{name}", "unit": "instructions", "value": longest, "switches": None,
               "flushes": None, "peer": None, "who": f"in {where(samples, table)}"}


def longest(program, words="", count=12):
    """For people who look for what is long: the longest stretches and where they are."""
    table = symbols()
    for instructions, samples in scenario(program, words)[:count]:
        yield instructions, where(samples, table)
