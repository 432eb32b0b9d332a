"""`./skerry bench [pattern]`: the figures, in guest instructions, the same to the digit at every run."""

import contextlib
import json
import pathlib
import tempfile

from skerry import (boot_time, build, debian_linux, image, latency, measuring, model, places, say, shared_lines,
                    shootdown, table, throughput)
from skerry.figure import figure

TEXT = """\
Boots the benchmark programs with an emulator that counts: one instruction is one tick, seed and
clock are fixed, so a figure that differs has a reason. Instructions are not time: beside each
stand the address-space switches and TLB flushes that it made. Two kinds of figures are of the wall
clock and differ from run to run: the time of a boot, from the start of the emulator to the prompt,
the median of five; and how many round trips several processors make in a second (kernel/throughput),
on as many processors of the host as stand beside."""

NUMBERS = places.ROOT / "docs/numbers.md"


def kernel(words="", smp=1):
    with image.alone("bench") as boot:
        return measuring.figures(boot, smp=smp, append=words and f"bench={words}")


def isolated():
    """What it costs that programs' tables lack the kernel, whether or not the processor asks for it."""
    for name in ("call-reply/other-space/0-words", "unmap/512-pages"):
        for row in kernel(f"kernel/{name} isolation=on"):
            yield row | {"name": row["name"].replace("kernel/", "kernel/isolated/"), "peer": None, "who": ""}


#: How the names of figures begin that machines of their own measure.
KERNEL = {
    "kernel/": kernel,
    "kernel/isolated": isolated,
    "kernel/revoke/100,000/beside-copies": lambda: kernel("kernel/revoke/beside-copies", smp=2),
    "kernel/processors": lambda: [*kernel("kernel/processors", smp=4), *shared_lines.measure()],
    "kernel/shootdown": shootdown.measure,
    "kernel/throughput": throughput.measure,
    "latency/": latency.measure,
}
BEGINNINGS = [*KERNEL, "linux/", "boot/"]


def needed(pattern):
    """Those of the beginnings whose machines are to boot. A pattern that is none itself may stand in any name."""
    if not pattern.startswith(("kernel", "latency", "linux", "boot")):
        return BEGINNINGS
    nearest = max((name for name in BEGINNINGS if pattern.startswith(name)), key=len, default=None)
    return [name for name in BEGINNINGS if name == nearest or name.startswith(pattern)]


def profile(pattern):
    """What the shell of either system does before its first prompt."""
    lines = [f"measure boot {measuring.MEMORY >> 10}"]
    if not pattern.startswith("boot"):
        lines.append("measure " + (pattern if pattern.startswith("linux/") else ""))
    return "; ".join([*lines, "poweroff -f\n"])


def linux_programs():
    return [places.LINUX / "measure", places.LINUX / "nothing"]


def measure_linux(pattern):
    """The same system that a person boots, with a profile that measures before the first prompt."""
    with image.with_profile(profile(pattern), linux_programs()) as boot:
        return measuring.figures(boot, on_console=True)


@contextlib.contextmanager
def debian(programs=(), script=""):
    """A file tree for Debian's kernel."""
    with tempfile.NamedTemporaryFile(dir=places.BUILD) as tree:
        tree.write(debian_linux.file_tree(programs, script))
        tree.flush()
        yield tree.name


def measure_debian(pattern, settings):
    """The same programs under Debian's kernel, in the same emulator; values by name."""
    with debian(linux_programs(), profile(pattern)) as tree:
        rows = measuring.figures(tree, on_console=True, kernel=debian_linux.kernel(),
                                 append=debian_linux.command_line(settings))
    return {row["name"]: row["value"] for row in rows}


def measure_boot(versus):
    """What a person waits, the systems in turn."""
    with image.made() as boot, debian() if versus else contextlib.nullcontext() as tree:
        systems = [lambda: boot_time.once(boot)]
        if versus:
            systems.append(lambda: boot_time.once(tree, kernel=debian_linux.kernel(),
                                                  append=debian_linux.command_line(versus)))
        ours, *others = boot_time.alternating(*systems)
    return figure("boot/wall-clock", "ms", ours), others[0] if others else None


def measure(pattern, versus=None):
    chosen = needed(pattern)
    rows = [row for name in chosen if name in KERNEL for row in KERNEL[name]()]
    if not {"linux/", "boot/"}.isdisjoint(chosen):
        rows += measure_linux(pattern)
        beside = measure_debian(pattern, versus) if versus else {}
        if "boot/" in chosen:
            row, beside["boot/wall-clock"] = measure_boot(versus)
            rows.append(row)
        for row in rows:
            row["linux"] = beside.get(row["name"])
            if row["linux"] is not None:
                row["peer"], row["who"] = row["linux"], "Linux"
    found = [row for row in rows if pattern in row["name"]]
    if not found:
        raise say.Usage(f"no figure has '{pattern}' in its name; there are: "
                        + ", ".join(row["name"] for row in rows))
    return found


def counted(count):
    return "" if count is None else f"{count:,}"


def below(rows):
    """How many of the Linux figures are below Linux's own."""
    both = [row for row in rows if row["name"].startswith("linux/")
            and row.get("linux") is not None and row["value"] is not None]
    less = sum(row["value"] < row["linux"] for row in both)
    return f"{less} of {len(both)} rows are below Linux"


def dash(value):
    """A figure, or what stands for one that this system has not."""
    return "-" if value is None else f"{value:,}"


def cells_of(rows):
    head = ["name", "value", "unit", "switches", "flushes", "peer"]
    cells = [head] + [[row["name"], dash(row['value']), row["unit"], counted(row["switches"]),
                       counted(row["flushes"]), f"{row['peer']:,} {row['who']}" if row["peer"] else row["who"]]
                      for row in rows]
    return cells


#: How the names of figures begin, and how these are taken.
HOW = [
    ("kernel/", "the program `bench` alone on the kernel, one processor; the median of 256, less two readings of the clock with "
     "nothing between. A revoke is done once; timer-late is the latest of the wake-ups meanwhile"),
    ("kernel/isolated/", "the same with `isolation=on`"),
    ("kernel/revoke/.../beside-copies", "once, on two processors; the instructions of both tick one clock, so those of the copier "
     "are in both figures"),
    ("kernel/processors/N/", "on N processors at once, 2,500 round trips each; all ticks, by processors and round trips. "
     "contended: how often the first had to wait for the lock. lines-...: of a processor, counted by a plugin of the emulator "
     "that looks at each access to memory"),
    ("kernel/shootdown/N/", "the mean of 256 unmappings while N other processors have the space loaded; of who asks, and of each "
     "who answers in the kernel; counted by the same plugin"),
    ("kernel/throughput/N/", "by the clock of the host, without counting: round trips in three seconds, N processors"),
    ("latency/", "the longest stretch from one point at which a processor could take an interrupt to the next, start apart, "
     "counted by a plugin while something runs: the benchmarks, the attacks, a shell, two processors, a crowd of random calls "
     "on two. The last column says where most of it was spent"),
    ("boot/", "at the prompt, by the program `measure`: instructions since the machine began, memory that is not free. "
     "wall-clock: see above"),
    ("linux/", "the program `measure` in the system as a person has it; the median of many, as above"),
]
SEL4 = "seL4's figures were counted in the same way, of seL4 16.0 without mitigations (`tools/skerry/peers.toml`)."


PEER = """The Linux beside ours was measured in the same run: the same static programs (`bench/linux`), in the
same emulator with the same processor, memory and flags, under Debian's kernel `{kernel}`. It is
started without what slows it (`{words}`), so that nobody can say we compare with a hobbled Linux;
with Debian's own settings (`./skerry bench linux --vs linux-default`) it takes more. A dash stands
where a system lacks the call."""


def document(cells, versus=None):
    lines = ["# Numbers", "", "Written by `./skerry bench --docs`. " + TEXT.replace("\n", " "), ""]
    if versus:
        text = PEER.format(kernel=debian_linux.kernel().name.removeprefix("vmlinuz-"),
                           words=debian_linux.command_line(versus))
        lines += [text.replace("\n", " "), ""]
    lines += [SEL4, "", "| figures | taken |", "|---|---|", *(f"| {name} | {how} |" for name, how in HOW), ""]
    lines += ["| " + " | ".join(cells[0]) + " |", "|---|---:|---|---:|---:|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in cells[1:]]
    return "\n".join(lines + model.lines()) + "\n"


def main(words):
    parser = say.Parser("bench", TEXT)
    parser.add_argument("pattern", nargs="?", default="", help="part of the figures' names")
    parser.add_argument("--vs", choices=debian_linux.SETTINGS,
                        help="measure Debian's Linux beside, made quick or as Debian starts it")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write a list there")
    parser.add_argument("--docs", action="store_true", help="write docs/numbers.md anew")
    chosen = parser.parse_args(words)
    if chosen.json and not chosen.json.absolute().parent.is_dir():
        raise say.Usage(f"--json {chosen.json}: can't be written there")
    build.guest()
    versus = chosen.vs or ("linux" if chosen.docs else None)
    rows = measure(chosen.pattern, versus)
    cells = cells_of(rows)
    print("\n".join(table.lines(cells[0], cells[1:], text={2, 5})))
    if versus and any(row["name"].startswith("linux/") for row in rows):
        print(below(rows))
    if chosen.json:
        keys = ("name", "unit", "value", "switches", "peer", "linux")
        chosen.json.write_text(json.dumps([{key: row.get(key) for key in keys} for row in rows],
                                          indent=1) + "\n")
    if chosen.docs:
        NUMBERS.parent.mkdir(exist_ok=True)
        NUMBERS.write_text(document(cells, versus))
    return 0
