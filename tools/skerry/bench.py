"""`./skerry bench [pattern]`: the figures, in guest instructions, the same to the digit at every run."""

import json
import pathlib
import tempfile
import tomllib
import types

from skerry import build, emulator, image, places, say

TEXT = """\
Boots the benchmark programs with an emulator that counts: one instruction is one tick, seed and
clock are fixed, so a figure that differs has a reason. Instructions are not time: beside each
stand the address-space switches and TLB flushes that it made."""

NUMBERS = places.ROOT / "docs/numbers.md"
COUNTING = ["-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm", "-seed", "1"]
HANG = 3600
MEMORY = 512 * emulator.MIB


def peers():
    with open(pathlib.Path(__file__).with_name("peers.toml"), "rb") as file:
        return tomllib.load(file)["peers"]


def figures(log):
    """The `BENCH name unit value switches flushes` lines of a log."""
    beside = peers()
    for line in log.splitlines():
        words = line[line.index("BENCH "):].split() if "BENCH " in line else []
        if len(words) == 6:
            _, name, unit, *numbers = words
            value, switches, flushes = map(number, numbers)
            yield {"name": name, "unit": unit, "value": value, "switches": switches,
                   "flushes": flushes, "peer": beside.get(name, {}).get("value"),
                   "who": beside.get(name, {}).get("who", "")}


def number(text):
    """A dash: what a program can't see from where it stands."""
    if text == "-":
        return None
    return float(text) if "." in text else int(text)


def boot_and_read(boot, console=None):
    """Boots an image that measures and switches off; its figures, from the log or its console."""
    log = places.BUILD / "bench.log"
    log.unlink(missing_ok=True)
    line = emulator.command_line(
        boot, cpu="max,-erms,-fsrm", mem=MEMORY, log=log, channel="null", more=COUNTING,
        console=f"file,path={emulator.comma(console)}" if console else "null")
    with emulator.Machine(line) as machine:
        machine.wait(HANG)
        found = list(figures((console or log).read_text(errors="replace")))
        if not machine.orderly() or not found:
            raise say.SystemFailed(emulator.failure(machine, log))
    return found


def measure_kernel():
    with image.alone("bench") as boot:
        return boot_and_read(boot)


def measure_linux():
    """The same system that a person boots, with a profile that measures before the first prompt."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=places.BUILD) as folder:
        profile = pathlib.Path(folder) / "profile"
        profile.write_text(f"measure {MEMORY >> 10}; measure; poweroff -f\n", encoding="utf-8")
        additions = [types.SimpleNamespace(host=places.LINUX / "measure", guest="/bin/measure"),
                     types.SimpleNamespace(host=profile, guest="/root/.profile")]
        with image.made(additions=additions) as boot:
            return boot_and_read(boot, pathlib.Path(folder) / "console")


def measure(pattern):
    rows = []
    if not pattern.startswith(("linux", "boot")):
        rows += measure_kernel()
    if not pattern.startswith("kernel"):
        rows += measure_linux()
    found = [row for row in rows if pattern in row["name"]]
    if not found:
        raise say.Usage(f"no figure has '{pattern}' in its name; there are: "
                        + ", ".join(row["name"] for row in rows))
    return found


def counted(count):
    return "" if count is None else str(count)


def table(rows):
    head = ["name", "value", "unit", "switches", "flushes", "peer"]
    cells = [head] + [[row["name"], f"{row['value']:,}", row["unit"], counted(row["switches"]),
                       counted(row["flushes"]), f"{row['peer']:,} {row['who']}" if row["peer"] else ""]
                      for row in rows]
    return cells


def aligned(cells):
    widths = [max(map(len, column)) for column in zip(*cells)]
    for row in cells:
        yield "  ".join(cell.rjust(width) if 0 < at < 5 and at != 2 else cell.ljust(width)
                        for at, (cell, width) in enumerate(zip(row, widths))).rstrip()


def document(cells):
    lines = ["# Numbers", "", "Written by `./skerry bench --docs`. " + TEXT.replace("\n", " "), "",
             "| " + " | ".join(cells[0]) + " |", "|---|---:|---|---:|---:|---|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in cells[1:]]) + "\n"


def main(words):
    parser = say.Parser("bench", TEXT)
    parser.add_argument("pattern", nargs="?", default="", help="part of the figures' names")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write a list there")
    parser.add_argument("--docs", action="store_true", help="write docs/numbers.md anew")
    chosen = parser.parse_args(words)
    if chosen.json and not chosen.json.absolute().parent.is_dir():
        raise say.Usage(f"--json {chosen.json}: can't be written there")
    build.guest()
    rows = measure(chosen.pattern)
    cells = table(rows)
    print("\n".join(aligned(cells)))
    if chosen.json:
        keys = ("name", "unit", "value", "switches", "peer")
        chosen.json.write_text(json.dumps([{key: row[key] for key in keys} for row in rows],
                                          indent=1) + "\n")
    if chosen.docs:
        NUMBERS.parent.mkdir(exist_ok=True)
        NUMBERS.write_text(document(cells))
    return 0
