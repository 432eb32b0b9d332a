"""The suite as it goes into the guest."""

import pathlib
import shutil
import subprocess

from skerry import places, source_package

PACKAGE = "bash-static"
HERE = places.ROOT / "tests/suites/bash"
HELPERS = ("printenv", "recho", "zecho", "xcase")
#: Large files that the tests read.
READ = ("y.tab.c", "config.h", "version.h")
#: What must be beside the suite.
PROGRAMS = [(pathlib.Path("/bin/bash-static"), "/bin/bash")]


def make(folder):
    source = source_package.folder(PACKAGE)
    source_package.copy(PACKAGE, "tests", folder / "tests")
    for helper in HELPERS:
        subprocess.run(["clang-19", "-static", "-O2", "-w", "-std=gnu89", f"-I{source}/include", f"-I{source}",
                        "-o", folder / "tests" / helper, source / f"support/{helper}.c"], check=True)
    for name in READ:
        # Two of them are made by bash's build; any text will do.
        shutil.copy(next(file for file in (source / name, source / "y.tab.c") if file.exists()), folder / name)
    shutil.copy(HERE / "run.sh", folder / "run.sh")


def names(folder):
    """The suite's tests; run-all and run-minimal run others."""
    found = {path.name.removeprefix("run-") for path in (folder / "tests").glob("run-*")}
    return sorted(found - {"all", "minimal", "gprof"})
