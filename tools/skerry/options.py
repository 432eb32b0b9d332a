"""The options of `run`, checked before anything is started."""

import dataclasses
import pathlib
import re
import textwrap

from skerry import debian, say, shape

MIB = 1 << 20
LARGEST_ADDITION = 1 << 30

TEXT = """\
Installs what is missing, builds, and boots. Without a command: a shell on this terminal;
`poweroff` leaves, so does Ctrl-]. With one: runs it with this standard input, output and error,
and leaves with its exit status, or 124 timed out, 125 the system failed, 126 not executable,
127 not found, 128+N ended by signal N.

--deb brings a Debian package and what it depends on, as apt sees it; archives and unpacked trees
stay in ~/.cache/skerry/debian. Maintainer scripts are not run: only the links that they would make
by update-alternatives are there, and a program NAME-static is NAME too. Left out: what is merely
recommended, Essential packages that nobody names (the guest has busybox), documentation,
translations, and unless they are named themselves
""" + textwrap.fill(", ".join(debian.CUT) + ".", 95, break_on_hyphens=False)


@dataclasses.dataclass(frozen=True)
class Addition:
    host: pathlib.Path
    guest: str


def memory_size(text):
    match = re.fullmatch(r"([0-9]+)([KMG]?)", text)
    unit = {"K": 1 << 10, "": MIB, "M": MIB, "G": 1 << 30}
    size = int(match[1]) * unit[match[2]] if match else 0
    if not 96 * MIB <= size <= 1 << 40:
        raise say.Usage(f"--mem {text}: a size between 96M and 1024G is wanted, like 512M")
    return size


def processors(text):
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= 64:
        raise say.Usage(f"--smp {text}: a number from 1 to 64 is wanted")
    return int(text)


def seconds(text):
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text) or float(text) <= 0:
        raise say.Usage(f"--timeout {text}: a number of seconds above 0 is wanted")
    return float(text)


def setting(text):
    if not re.match("[^=]+=", text) or "\0" in text:
        raise say.Usage(f"--env {text}: NAME=VALUE is wanted")
    return text


def guest_path(text):
    if not text.startswith("/"):
        raise say.Usage(f"'{text}' is no absolute path in the guest")
    return text


def addition(text):
    """HOST[:GUEST]; a host path that has a colon itself is believed before a split."""
    host, guest = pathlib.Path(text), None
    if not host.exists() and ":" in text:
        left, guest = text.rsplit(":", 1)
        host = pathlib.Path(left)
    if not host.exists():
        raise say.Usage(f"--add {text}: there is no '{host}'")
    return Addition(host.absolute(), guest_path(guest or "/" + host.resolve().name))


def existing_file(text):
    path = pathlib.Path(text)
    if not path.is_file():
        raise say.Usage(f"there is no file '{text}'")
    return path.absolute()


def log_file(text):
    path = pathlib.Path(text)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise say.Usage(f"--log {text}: can't be written there")
    return path.absolute()


def total_size(additions):
    files = [file for item in additions
             for file in ([item.host] if item.host.is_file() else item.host.rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())


def add_bringing(add):
    """The options by which a person brings something along."""
    add("--add", action="append", default=[], type=addition, metavar="HOST[:GUEST]",
        help="put a file or folder of this machine into the guest's file tree")
    add("--deb", action="append", default=[], type=debian.package_name, metavar="PACKAGE",
        help="put a Debian package with what it depends on there; maintainer scripts are not run")
    add("--manifest", type=existing_file, metavar="FILE", help="another policy than the default")


def add_machine(add):
    """The options that say what kind of machine is emulated."""
    usual = shape.usual()
    add("--smp", default=usual.smp, type=processors, metavar="N", help="processors (1)")
    add("--iommu", action="store_true", default=usual.iommu,
        help="a machine whose devices an IOMMU (VT-d) confines")
    add("--boot", default=usual.boot, choices=shape.WAYS,
        help="who starts the kernel: the emulator itself (direct), or GRUB from an ISO as "
             "`./skerry image` makes it, under a BIOS or under UEFI")


def parser(command="run", text=TEXT):
    options = say.Parser(command, text)
    add = options.add_argument
    add_bringing(add)
    add_machine(add)
    add("--mem", type=memory_size, metavar="SIZE",
        help="memory (512M, or more if much is brought)")
    add("--env", action="append", default=[], type=setting, metavar="K=V",
        help="a variable for the command")
    add("--cwd", type=guest_path, metavar="DIR", help="where the command starts")
    add("--timeout", type=seconds, metavar="S", help="leave with status 124 after S seconds")
    add("--log", type=log_file, metavar="FILE", help="the system's log (build/last-run.log)")
    add("--accel", nargs="?", const="auto", default="auto", choices=["auto", "kvm", "tcg"],
        help="how the emulator runs the guest; auto: KVM where it works, else TCG")
    add("--cpu", metavar="MODEL", help="a processor as the emulator names them, like max,-avx")
    return options


def run_parser():
    options = parser()
    options.add_argument("--dry-run", action="store_true",
                         help="print the emulator's command line, start nothing")
    return options


def parse(words, wanted=None):
    """The options, with the command (or None) as `.command`."""
    command = None
    if "--" in words:
        at = words.index("--")
        words, command = words[:at], words[at + 1:]
        if not command or not command[0]:
            raise say.Usage("after -- a command is wanted")
    options = (wanted or run_parser()).parse_args(words)
    options.command = command
    if not options.deb:
        settle_memory(options)
    return options


def settle_memory(options):
    """What is added may fill half of the memory; without a wish there is as much as it takes."""
    size = total_size(options.add)
    if options.mem is None:
        wanted = 256 * MIB + 2 * size
        options.mem = max(512 * MIB, -(-wanted // (64 * MIB)) * 64 * MIB)
    limit = min(options.mem // 2, LARGEST_ADDITION)
    if options.add and size > limit:
        names = "--deb" if options.deb else "--add"
        raise say.Usage(f"{names}: {size // MIB} MiB is too much; with this --mem up to "
                        f"{limit // MIB} MiB can be added")


def bring_packages(options):
    """Makes an addition of the packages: the first, so that the person's own files replace theirs."""
    if options.deb:
        options.add = [Addition(debian.tree(options.deb), "/"), *options.add]
        settle_memory(options)
