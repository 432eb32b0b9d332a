"""The lines of memory that processors share while each makes round trips of its own, counted by a plugin of the
emulator (tools/plugin/window.cpp)."""

import dataclasses
import pathlib
import tempfile

from skerry import emulator, image, places, say, symbols
from skerry.figure import figure

HANG = 1800
PLUGIN = places.HOST / "tools/plugin/window.so"
PROCESSORS = 4


@dataclasses.dataclass(frozen=True)
class Found:
    """What one processor did in the window."""
    instructions: int
    touched: int
    shared: list  #: sentences: a line that another processor wrote each


def watched(program, append, together, smp, folder):
    """Boots the program and returns the plugin's lines, as words."""
    marks = symbols.Symbols(places.PROGRAMS / program)
    found = folder / "window"
    told = {"out": emulator.comma(found), "together": together,
            "begin": hex(marks.address("bench_window_begins")), "end": hex(marks.address("bench_window_ends"))}
    plugin = ",".join([str(PLUGIN), *(f"{key}={value}" for key, value in told.items())])
    with image.alone(program) as boot:
        line = emulator.command_line(
            boot, cpu="max,-erms,-fsrm", smp=smp, append=append, log=folder / "log", channel="null",
            more=[*emulator.COUNTING, "-plugin", plugin])
        with emulator.Machine(line) as machine:
            machine.wait(HANG)
            if not found.exists():
                raise say.SystemFailed(emulator.failure(machine, folder / "log"))
    return [line.split() for line in found.read_text().splitlines()]


def sentence(words, kernel, program):
    reader, physical, address, instruction, writer, _, other_instruction = words

    def name(text):
        address = int(text, 16)
        return symbols.short((kernel if address >> 63 else program).name(address))
    return (f"processor {reader} in {name(instruction)} touches {address} (physical {physical}, {name(address)} or behind "
            f"it), which {writer} writes in {name(other_instruction)}")


def count(append=""):
    """What each processor did in the window, by its number."""
    with tempfile.TemporaryDirectory(prefix="lines-", dir=places.BUILD) as folder:
        said = watched("bench", f"bench=kernel/processors {append}", PROCESSORS, PROCESSORS, pathlib.Path(folder))
    kernel, program = symbols.Symbols(places.KERNEL), symbols.Symbols(places.PROGRAMS / "bench")
    shared = [(words[1], sentence(words[1:], kernel, program)) for words in said if words[0] == "SHARED"]
    return {int(words[1]): Found(int(words[2]), int(words[3]), [text for who, text in shared if who == words[1]])
            for words in said if words[0] == "PROCESSOR"}


def measure():
    found = count().values()
    shared = [text for one in found for text in one.shared]
    name = f"kernel/processors/{PROCESSORS}"
    yield figure(f"{name}/lines-touched", "lines", max(one.touched for one in found))
    yield figure(f"{name}/lines-others-write", "lines", len(shared), shared[0] if shared else "")
