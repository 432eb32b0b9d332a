"""`./skerry debug`: boots, stopped before the first instruction, and waits for gdb."""

from skerry import build, console, image, options, places, say

TEXT = """\
Takes the options of run. The emulator waits for gdb on port 1234; build/debug.gdb loads the
symbols of kernel and services: in a second terminal, gdb -x build/debug.gdb"""


def script():
    lines = [f"file {places.KERNEL}"]
    lines += [f"add-symbol-file {file}" for file in image.programs()]
    lines += ["target remote :1234", "set disassembly-flavor intel"]
    return "\n".join(lines) + "\n"


def main(words):
    if words in (["--help"], ["-h"]):
        print(TEXT)
        return 0
    chosen = options.parse(words)
    if chosen.command:
        raise say.Usage("debug takes no command; start it from the shell")
    build.guest()
    gdb = places.BUILD / "debug.gdb"
    gdb.write_text(script())
    say.line(f"waiting for: gdb -x {gdb}    (Ctrl-] leaves)")
    chosen.accel = "tcg"
    with image.made(chosen.manifest, chosen.add) as boot:
        return console.run(chosen, boot, chosen.log or places.LOG, more=["-s", "-S"])
