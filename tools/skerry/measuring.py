"""Machines that measure something and switch themselves off: what they say, and what a plugin of the emulator
(tools/plugin) writes about them."""

import pathlib
import tempfile

from skerry import emulator, figure, places, say

HANG = 3600
MEMORY = 512 * emulator.MIB


def run(boot, log, counting=True, more=(), **machine):
    """From beginning to end."""
    if counting:
        machine["cpu"], more = "max,-erms,-fsrm", [*emulator.COUNTING, *more]
    line = emulator.command_line(boot, mem=MEMORY, log=log, channel="null", more=more, **machine)
    with emulator.Machine(line) as running:
        running.wait(HANG)
        if not running.orderly():
            raise say.SystemFailed(emulator.failure(running, log))


def figures(boot, on_console=False, **machine):
    """What its programs measured and said, in the log or on the console."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=places.BUILD) as folder:
        log, console = pathlib.Path(folder) / "log", pathlib.Path(folder) / "console"
        run(boot, log, console=f"file,path={emulator.comma(console)}", **machine)
        found = list(figure.said((console if on_console else log).read_text(errors="replace")))
    if not found:
        raise say.SystemFailed("the system measured nothing")
    return found


def watched(plugin, boot, words=(), **machine):
    """The lines that a plugin wrote while the machine counted."""
    with tempfile.TemporaryDirectory(prefix=f"{plugin}-", dir=places.BUILD) as folder:
        found = pathlib.Path(folder) / "found"
        run(boot, pathlib.Path(folder) / "log", more=emulator.plugin(plugin, found, **dict(words)), **machine)
        return found.read_text().splitlines()
