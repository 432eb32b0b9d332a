"""`./skerry debug`: boots, stopped before the first instruction, and waits for gdb."""

from skerry import build, console, image, options, places, say

TEXT = """\
Takes the options of run. The emulator waits for gdb on port 1234. In a second terminal:
gdb -x build/debug.gdb, which loads the kernel's symbols; `service NAME` there adds a service's."""


def script():
    names = " ".join(file.name for file in image.programs())
    return f"""\
set disassembly-flavor intel
file {places.KERNEL}
define service
add-symbol-file {places.GUEST}/debug/$arg0
end
document service
Loads the symbols of one service (all are linked at the same address): {names}
end
target remote :1234
"""


def main(words):
    if words in (["--help"], ["-h"]):
        print(TEXT)
        return 0
    chosen = options.parse(words)
    if chosen.command:
        raise say.Usage("debug takes no command; start it from the shell")
    options.bring_packages(chosen)
    build.guest()
    gdb = places.BUILD / "debug.gdb"
    gdb.write_text(script())
    say.line(f"waiting for: gdb -x {gdb}    (Ctrl-] leaves)")
    chosen.accel = "tcg"
    with image.made(chosen.manifest, chosen.add, chosen.boot) as boot:
        return console.run(chosen, boot, chosen.log or places.LOG, more=["-s", "-S"])
