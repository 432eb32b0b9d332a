"""`./skerry run`: from a tree to a running system."""

import shlex

from skerry import build, command, console, emulator, image, options, places, say, shape


def main(words):
    chosen = options.parse(words)
    if chosen.command:
        say.to_stderr()
    options.bring_packages(chosen)
    accel = emulator.accelerator(chosen.accel)
    log = chosen.log or places.LOG
    if chosen.dry_run:
        print(shlex.join(emulator.command_line(
            image.path(chosen), mem=chosen.mem, cpu=chosen.cpu, **shape.Shape.of(chosen).settings(), accel=accel,
            log=log, console="stdio", channel="null")))
        return 0
    if not places.BUILT:
        build.guest()
    with image.made(chosen.manifest, chosen.add, chosen.boot) as boot:
        return (command if chosen.command else console).run(chosen, boot, log)
