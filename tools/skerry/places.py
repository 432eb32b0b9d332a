"""Where things are."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SKERRY_BUILD", ROOT / "build")).absolute()
GUEST = BUILD / "guest"
HOST = BUILD / "host"
#: Set by the test harness: the tree is built, go ahead.
BUILT = "SKERRY_BUILT" in os.environ
KERNEL = GUEST / "kernel.elf"
#: The same with all its invariants checked while it runs.
AUDITED = GUEST / "kernel-audited.elf"
LINUX = GUEST / "linux"
PROGRAMS = GUEST / "programs"
IMAGE = GUEST / "boot.img"
ISO = BUILD / "skerry.iso"
LOG = BUILD / "last-run.log"


def tool(name):
    return HOST / "tools" / name / name
