"""`./skerry trace -- COMMAND`: what every processor did while it ran."""

import pathlib
import re
import tempfile

from skerry import build, command, emulator, image, options, places, say
from skerry.tracing import perfetto, rings, story, summary

TEXT = """\
Runs the command as `./skerry run` does, with the same options, and reads the kernel's trace meanwhile:
switches, messages, faults, interrupts. Then prints a summary to standard error (who ran, who called
whom, where the time of Linux calls went) and writes a file that https://ui.perfetto.dev opens.
Leaves with the command's exit status. The trace is always on; only its reading is extra, and happens
outside of the machine."""

CALLS = places.ROOT / "servers/linux/calls.hpp"


def call_names():
    found = re.findall(r'^    \{(\d+), "(\w+)"', CALLS.read_text(encoding="utf-8"), re.MULTILINE)
    return {int(number): name for number, name in found}


def memory_in(file, bytes_):
    """The guest's memory in a file that others can look into."""
    return ["-object", f"memory-backend-file,id=ram,share=on,mem-path={emulator.comma(file)},size={bytes_}",
            "-machine", "memory-backend=ram"]


def parse(words):
    parser = options.parser("trace", TEXT)
    parser.add_argument("-o", "--output", type=pathlib.Path, default=places.BUILD / "trace.json",
                        metavar="FILE", help="the trace (build/trace.json)")
    chosen = options.parse(words, parser)
    if not chosen.command:
        raise say.Usage("after -- a command is wanted: ./skerry trace -- ls /")
    if not chosen.output.absolute().parent.is_dir():
        raise say.Usage(f"--output {chosen.output}: can't be written there")
    return chosen


def main(words):
    chosen = parse(words)
    say.to_stderr()
    options.bring_packages(chosen)
    if not places.BUILT:
        build.guest()
    log = chosen.log or places.LOG
    log.unlink(missing_ok=True)
    folder = "/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None
    with tempfile.NamedTemporaryFile(dir=folder, prefix="skerry-trace-") as memory, \
            image.made(chosen.manifest, chosen.add, chosen.boot) as boot:
        drain = rings.Drain(memory.name, log)
        drain.start()
        started = []
        try:
            status = command.run(chosen, boot, log, more=memory_in(memory.name, chosen.mem),
                                 on_start=lambda: started.extend(drain.written()))
        finally:
            drain.end()
    tell(drain, started, chosen.output)
    return status


def tell(drain, started, output):
    if not drain.rings:
        raise say.SystemFailed("the kernel did not say where its trace is")
    told = story.Story(call_names())
    told.tell(story.merged(drain.rings))
    told.forget_before(begin_of(drain.rings, started))
    for line in summary.lines(told, drain.khz, sum(ring.lost for ring in drain.rings)):
        say.progress(line)
    with open(output, "w", encoding="utf-8") as file:
        perfetto.write(file, told, drain.khz)
    say.progress(f"{sum(drain.written()):,} records; https://ui.perfetto.dev opens {output}")


def begin_of(all_rings, started):
    """The time at which the command began: names were told before it, the rest is about it."""
    times = [ring.time[at] for ring, at in zip(all_rings, started) if at < len(ring.time)]
    return min(times, default=0)
