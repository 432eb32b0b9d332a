"""`./skerry image`: an ISO to give away."""

import pathlib
import re

from skerry import build, debian, image, iso, options, places, say

TEXT = """\
Installs what is missing, builds, and writes an ISO that GRUB starts, under a BIOS and under UEFI; written
to a stick it starts from there as well (`dd if=skerry.iso of=/dev/...`). Kernel and boot image are those that
`./skerry run` starts. The console is the first serial line, 115,200 baud; `poweroff` leaves. In the
emulator: ./skerry run --boot bios, or --boot uefi.
"""


def word_list(text):
    if not re.fullmatch(r"[\w ./,:=+-]*", text, re.ASCII):
        raise say.Usage(f"--append {text}: letters, digits, blanks and any of ./,:=+-_ are wanted")
    return text


def parser():
    result = say.Parser("image", TEXT)
    add = result.add_argument
    add("-o", "--output", type=pathlib.Path, default=pathlib.Path("skerry.iso"), metavar="FILE",
        help="where to write it (skerry.iso)")
    options.add_bringing(add)
    add("--append", type=word_list, default="", metavar="WORDS",
        help="words for the command line; log=serial shows the kernel's log on the first serial line")
    return result


def main(words):
    chosen = parser().parse_args(words)
    output = chosen.output.absolute()
    if output.is_dir() or not output.parent.is_dir():
        raise say.Usage(f"--output {chosen.output}: can't be written there")
    if chosen.deb:
        chosen.add = [options.Addition(debian.tree(chosen.deb), "/"), *chosen.add]
    size = options.total_size(chosen.add)
    if size > options.LARGEST_ADDITION:
        raise say.Usage(f"{size // options.MIB} MiB is too much; up to "
                        f"{options.LARGEST_ADDITION // options.MIB} MiB can be added")
    if not places.BUILT:
        build.guest()
    with image.made(chosen.manifest, chosen.add) as boot:
        iso.write(output, boot, chosen.append)
    print(f"{output}: {output.stat().st_size // options.MIB} MiB")
    return 0
